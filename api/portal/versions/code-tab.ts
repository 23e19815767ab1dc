import { html } from "hono/html";
import { SlipwayError } from "../../../core/errors.ts";
import { visibleText } from "../../../core/report/escape-text.ts";
import { counted } from "../../../core/report/verdict-words.ts";
import { fileChanges, unifiedDiff } from "../../../core/source/code-changes.ts";
import type { Html, PageRequest } from "../request/page.ts";
import { commitLink } from "../view/links.ts";
import { codeOf } from "./code-of.ts";
import { diffHtml } from "./diff-html.ts";
import { liveBeside } from "./head.ts";
import { type ShownVersion, versionIn, versionNumber } from "./load-version.ts";
import { partOr } from "./problem-note.ts";

const MOST_BYTES = 40_000;
const MOST_FILES = 200;

/** What changed in the model's code and spec since another version: what is live, unless the address says which. */
export async function codeTab(request: PageRequest, shown: ShownVersion): Promise<Html> {
  const { manifest, model, version } = shown;
  const asked = request.query.get("since");
  const since = (asked === null ? undefined : versionNumber(asked)) ?? (await usualBase(shown));
  const form = html`<form class="actions"><input type="hidden" name="tab" value="code"><div><label for="since">Since version</label><input id="since" name="since" inputmode="numeric" pattern="[1-9][0-9]*" required value="${since ?? ""}"></div><button>Show</button></form>`;
  if (manifest.imported !== undefined && Object.keys(manifest.evaluation.metrics).length === 0)
    return html`<p class="empty">It was imported: no code of this repository is on record.</p>`;
  if (since === undefined || since === version)
    return html`${form}<p class="empty">There is no other version to show the difference from.</p>`;
  return html`${form}${await partOr(async () => {
    const before = await versionIn(request, shown.catalog, model, since);
    return differences(request, { before, after: shown });
  })}`;
}

/** The version before, if nothing else is live. */
async function usualBase(shown: ShownVersion): Promise<number | undefined> {
  const live = liveBeside(shown);
  if (live !== undefined) return live;
  const { versions } = await shown.catalog.history(shown.model);
  const earlier = versions.filter((each) => each < shown.version);
  return earlier.length === 0 ? undefined : Math.max(...earlier);
}

async function differences(
  { host }: PageRequest,
  { before, after }: { before: ShownVersion; after: ShownVersion },
): Promise<Html> {
  if (before.manifest.imported !== undefined && before.evaluation === undefined)
    throw new SlipwayError("UNSUPPORTED", `Version ${before.version} was imported: no code of it is on record`);
  const [from, to] = [before.manifest.source.commit, after.manifest.source.commit];
  const changes = fileChanges(await codeOf(host, before.manifest), await codeOf(host, after.manifest));
  const commits = html`from ${commitLink(host, from)} (version ${before.version}) to ${commitLink(host, to)} (version ${after.version})`;
  if (changes.length === 0) return html`<p class="empty">No file of its code, nor its spec, differs ${commits}.</p>`;
  const paths = changes.slice(0, MOST_FILES).map(({ path }) => path);
  const { text, isWhole } = await unifiedDiff(host.ports.objects.folder, { from, to, paths, maxBytes: MOST_BYTES });
  return html`<p>${counted(changes.length, "file")} ${changes.length === 1 ? "differs" : "differ"} ${commits}. Data files are not shown.</p>
<details class="box"${changes.length > 20 ? "" : html` open`}><summary><h2>Files</h2></summary><ul>${changes.slice(0, MOST_FILES).map(({ path, before: was, after: is }) => html`<li><code>${visibleText(path, 300)}</code>${was === undefined ? " (new)" : is === undefined ? " (gone)" : ""}</li>`)}</ul>${changes.length > MOST_FILES ? html`<p class="quiet">${changes.length - MOST_FILES} more are not shown.</p>` : ""}</details>
${diffHtml(text)}${isWhole ? "" : html`<p class="warning">This is the beginning: <code>git diff ${from.slice(0, 10)} ${to.slice(0, 10)}</code> shows all of it.</p>`}`;
}
