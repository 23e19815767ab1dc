import { html } from "hono/html";
import { visibleText } from "../../../../core/report/escape-text.ts";
import { counted } from "../../../../core/report/verdict-words.ts";
import { fileChanges } from "../../../../core/source/code-changes.ts";
import type { Html, PageRequest } from "../../request/page.ts";
import { pathTo } from "../../view/links.ts";
import { codeOf } from "../code-of.ts";
import type { ShownVersion } from "../load-version.ts";
import { partOr } from "../problem-note.ts";

const MOST_FILES = 20;

/** Which files of the model's code and spec differ from the first version's; each with a link to the lines. */
export async function codeSection(
  { host }: PageRequest,
  [base, ...others]: readonly ShownVersion[],
): Promise<Html | ""> {
  if (base === undefined || base.manifest.imported !== undefined) return "";
  const lists = await Promise.all(
    others.map((other) =>
      partOr(async () => {
        const { displayName } = other.model;
        if (other.manifest.imported !== undefined)
          return html`<h3>Version ${other.version}</h3><p>It was imported: no code is on record.</p>`;
        const changes = fileChanges(await codeOf(host, base.manifest), await codeOf(host, other.manifest));
        if (changes.length === 0) return html`<h3>Version ${other.version}</h3><p>No file differs.</p>`;
        const lines = pathTo(host, ["m", displayName, "v", other.version], { tab: "code", since: base.version });
        return html`<h3>Version ${other.version}</h3><p>${counted(changes.length, "file")}. <a href="${lines}">Lines that changed since version ${base.version}</a></p><ul>${changes.slice(0, MOST_FILES).map(({ path }) => html`<li><code>${visibleText(path, 200)}</code></li>`)}</ul>${changes.length > MOST_FILES ? html`<p class="quiet">${changes.length - MOST_FILES} more</p>` : ""}`;
      }),
    ),
  );
  return html`<section class="box"><h2>Code</h2>${lists}</section>`;
}
