import { html } from "hono/html";
import { visibleText } from "../../../core/report/escape-text.ts";
import { size } from "../../../core/report/size-words.ts";
import { counted } from "../../../core/report/verdict-words.ts";
import type { Artifact } from "../../../schemas/manifest.ts";
import type { Html, PageRequest } from "../request/page.ts";
import { outsideLink, pathTo } from "../view/links.ts";
import { pageNumber, pager, sortLink, sortOrder } from "../view/pages.ts";
import type { ShownVersion } from "./load-version.ts";

const PAGE = 50;

type File = Artifact["files"][number];

const ORDERS: Readonly<Record<string, (a: File, b: File) => number>> = {
  path: (a, b) => (a.path < b.path ? -1 : 1),
  size: (a, b) => a.size - b.size,
};

/** The version's files, to download one by one. What must not be handed out has no links. */
export async function filesTab(request: PageRequest, shown: ShownVersion): Promise<Html> {
  const { query } = request;
  const { manifest, read } = shown;
  const elsewhere = manifest.imported?.download;
  if (elsewhere !== undefined)
    return html`<p class="empty">Its files are not in the store: they are at ${outsideLink(elsewhere, visibleText(elsewhere, 300))}, and nothing here says which bytes they have to be.</p>`;
  const { files, sha256 } = manifest.artifact;
  const text = query.get("q") ?? "";
  const asked = query.get("sort") ?? "path";
  const key = asked.replace(/^-/, "");
  const order = ORDERS[Object.hasOwn(ORDERS, key) ? key : "path"];
  const found = files.filter(({ path }) => path.toLowerCase().includes(text.toLowerCase())).sort(order);
  if (asked.startsWith("-")) found.reverse();
  const last = Math.max(1, Math.ceil(found.length / PAGE));
  const page = Math.min(pageNumber(query), last);
  const rows = found.slice((page - 1) * PAGE, page * PAGE).map((file) => {
    const name = visibleText(file.path, 300);
    const cell =
      read.distrust === undefined ? html`<a href="${filePath(request, shown, file.path)}" download>${name}</a>` : name;
    return html`<tr><td>${cell}</td><td class="num">${size(file.size)}</td><td><code>${file.sha256.slice(0, 12)}</code></td></tr>`;
  });
  const head = (words: string, key: string) =>
    html`<th scope="col" aria-sort="${sortOrder(key, asked)}"${key === "size" ? html` class="num"` : ""}>${sortLink(request, words, key, asked)}</th>`;
  return html`<form role="search" class="actions"><input type="hidden" name="tab" value="files"><div><label for="q">Files whose path has</label><input id="q" type="search" name="q" value="${text}"></div><button>Search</button></form>
<div data-live="files"><p role="status">${counted(found.length, "file")}${found.length === files.length ? "" : ` of ${files.length}`}, sha256 of all <code>${sha256.slice(0, 12)}</code>. Each is checked against its digest on its way to you.</p>
${rows.length === 0 ? html`<p class="empty">No file has that in its path.</p>` : html`<div class="scroll" role="region" aria-label="Files" tabindex="0"><table><thead><tr>${head("File", "path")}${head("Size", "size")}<th scope="col">sha256</th></tr></thead><tbody>${rows}</tbody></table></div>`}
${pager(request, { page, last })}</div>`;
}

function filePath({ host }: PageRequest, { model, version }: ShownVersion, path: string): string {
  return pathTo(host, ["m", model.displayName, "v", version, "files", ...path.split("/")]);
}
