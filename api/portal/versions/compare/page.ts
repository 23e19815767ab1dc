import { html } from "hono/html";
import type { Answer, PageRequest } from "../../request/page.ts";
import { policyOf } from "../../request/policy.ts";
import { fitSections } from "../../view/fit-sections.ts";
import { modelPath, pathTo, versionPath } from "../../view/links.ts";
import { sectionHtml } from "../../view/section.ts";
import { modelNamed, versionIn } from "../load-version.ts";
import { chooseForm } from "./choose-form.ts";
import { chosenVersions } from "./chosen.ts";
import { codeSection } from "./code-section.ts";
import { inputSections } from "./input-sections.ts";
import { intervalCharts } from "./interval-charts.ts";
import { pairedSection } from "./paired-section.ts";
import { valuesSection } from "./values-section.ts";
import { winnerForm } from "./winner-form.ts";

/** Bytes of all tables. */
const MOST_BYTES = 60_000;

/** `/m/NAME/compare?v=2,3,7`: versions side by side, the first of them, or `base`, as what the others are compared with. */
export async function comparePage(request: PageRequest): Promise<Answer> {
  const { host, params, query } = request;
  const catalog = await request.catalog();
  const model = await modelNamed(catalog, params["model"] ?? "");
  const { displayName } = model;
  if (params["model"] !== displayName)
    return { to: pathTo(host, ["m", displayName, "compare"], { v: query.getAll("v").join(",") }) };
  const chosen = chosenVersions(query, model);
  const choose = await chooseForm(request, { catalog, model, chosen });
  const title = `Compare versions of ${displayName}`;
  const head = html`<h1>Compare versions of <a href="${modelPath(host, displayName)}">${displayName}</a></h1>`;
  if (chosen.length < 2) {
    const body = html`${head}<p>Choose two or more.</p>${choose}`;
    return { title, tab: "models", body };
  }
  const versions = await Promise.all(chosen.map((version) => versionIn(request, catalog, model, version)));
  const links = chosen.map(
    (version, at) =>
      html`<a href="${versionPath(host, displayName, version)}">version ${version}</a>${at === 0 ? html` <span class="badge">compared with</span>` : ""} `,
  );
  const measured = [...(await pairedSection(versions)), ...valuesSection(versions)];
  const [paired, ...rest] = fitSections([...measured, ...inputSections(versions)], MOST_BYTES);
  const { policy } = await policyOf(host);
  const distrusted = versions.filter(({ read }) => read.distrust !== undefined);
  return {
    title,
    tab: "models",
    body: html`${head}<p>${links}</p>
${distrusted.map(({ version, read }) => html`<p class="warning" role="alert">Version ${version} is not to be used. ${read.distrust?.message ?? ""}</p>`)}
${paired === undefined ? "" : sectionHtml(paired)}${winnerForm(request, versions, policy)}
${rest.slice(0, measured.length - 1).map(sectionHtml)}${intervalCharts(request, versions)}
${rest.slice(measured.length - 1).map(sectionHtml)}${await codeSection(request, versions)}
<details class="box"><summary><h2>Choose other versions</h2></summary>${choose}</details>`,
  };
}
