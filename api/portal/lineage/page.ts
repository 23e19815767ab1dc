import { html } from "hono/html";
import type { Html, Page, PageRequest } from "../request/page.ts";
import { modelPath } from "../view/links.ts";
import { chooseModel } from "./choose.ts";
import { dataPage } from "./data-page.ts";
import { lineageList } from "./lineage-list.ts";
import { lineagePicture } from "./lineage-picture.ts";
import { loadLineage, type ShownLineage } from "./load-lineage.ts";

const MOST_VERSIONS = 100;

/** `/lineage`: data → run → version → stage → deployment, as a picture and as a list. */
export async function lineagePage(request: PageRequest): Promise<Page> {
  const { host, query } = request;
  if (query.has("data")) return dataPage(request);
  if (!query.get("model"))
    return { title: "Lineage", tab: "lineage", body: html`<h1>Lineage</h1>${await chooseModel(request)}` };
  const of = await loadLineage(request);
  const { displayName } = of.shown.model;
  const title = `Lineage of ${displayName} version ${of.shown.version}`;
  const body = html`<h1>Lineage of <a href="${modelPath(host, displayName)}">${displayName}</a> version ${of.shown.version}</h1>
${versionForm(request, of)}${lineagePicture(request, of)}<div class="grid">${lineageList(request, of)}</div>`;
  return { title, tab: "lineage", body };
}

/** Another version of the same model. */
function versionForm({ host }: PageRequest, { shown }: ShownLineage): Html {
  const { displayName, record } = shown.model;
  const newest = record.latest_version;
  const numbers = Array.from({ length: Math.min(MOST_VERSIONS, newest) }, (_, at) => newest - at);
  const all = numbers.includes(shown.version) ? numbers : [...numbers, shown.version];
  const options = all.map(
    (each) => html`<option value="${each}"${each === shown.version ? html` selected` : ""}>${each}</option>`,
  );
  return html`<form action="${host.base}/lineage" class="actions"><input type="hidden" name="model" value="${displayName}"><div><label for="version">Version</label><select id="version" name="version">${options}</select></div><button>Show</button></form>`;
}
