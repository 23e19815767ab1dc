import { html } from "hono/html";
import { isRetired } from "../../../../core/promotion/apply-change.ts";
import type { Catalog, CatalogModel } from "../../../../core/registry/catalog.ts";
import { stagesHolding } from "../../../../core/report/registry-reports.ts";
import type { Html, PageRequest } from "../../request/page.ts";
import { pathTo } from "../../view/links.ts";

const MOST = 30;

/** Lets a person choose which versions stand side by side: what is live, and the newest. */
export async function chooseForm(
  { host }: PageRequest,
  { catalog, model, chosen }: { catalog: Catalog; model: CatalogModel; chosen: readonly number[] },
): Promise<Html> {
  const { record, displayName } = model;
  const live = Object.values(record.stages).map(({ version }) => version);
  const newest = [...(await catalog.history(model)).versions].sort((a, b) => b - a);
  const offered = [...new Set([...chosen, ...live, ...newest.slice(0, MOST)])].sort((a, b) => b - a);
  const boxes = offered.map((version) => {
    const where = [...stagesHolding(record, version), ...(isRetired(record, version) ? ["withdrawn"] : [])];
    return html`<label class="inline"><input type="checkbox" name="v" value="${version}"${chosen.includes(version) ? html` checked` : ""}> version ${version}${where.length === 0 ? "" : ` (${where.join(", ")})`}</label> `;
  });
  const options = offered.map(
    (version) =>
      html`<option value="${version}"${version === chosen[0] ? html` selected` : ""}>version ${version}</option>`,
  );
  return html`<form method="get" action="${pathTo(host, ["m", displayName, "compare"])}"><fieldset><legend>Versions</legend>${boxes}</fieldset>
<div class="actions"><div><label for="base">Compared with</label><select id="base" name="base"><option value="">the first</option>${options}</select></div><button>Compare</button></div></form>
${newest.length > offered.length ? html`<p class="quiet">The newest ${MOST} are offered; <code>?v=2,3</code> in the address takes any.</p>` : ""}`;
}
