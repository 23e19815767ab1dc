import { html } from "hono/html";
import { compareCode } from "../../../core/acts/compare-code.ts";
import { SlipwayError } from "../../../core/errors.ts";
import { compareRuns } from "../../../core/report/compare-runs.ts";
import { comparisonReport } from "../../../core/report/runs-report.ts";
import type { RunComparison } from "../../../schemas/run-comparison.ts";
import type { RunRecord } from "../../../schemas/run-summary.ts";
import type { Html, Page, PageRequest } from "../request/page.ts";
import { fitSections } from "../view/fit-sections.ts";
import { modelPath } from "../view/links.ts";
import { sectionHtml } from "../view/section.ts";
import { curvePictures } from "./curves.ts";
import { runOf, runPlaces } from "./open-runs.ts";
import { runPath, shortRun, statusBadge } from "./run-row.ts";

const MOST_RUNS = 10;
const MOST_BYTES = 60_000;
const MOST_PATCH = 20_000;

/** `/experiments/compare?runs=a,b`: params that differ first, metrics, curves, code; each run against the first. */
export async function compareRunsPage(request: PageRequest): Promise<Page> {
  const { host, query } = request;
  const ids = [...new Set(query.getAll("runs").flatMap((each) => each.split(",")))].filter((id) => id !== "");
  if (ids.length < 2 || ids.length > MOST_RUNS)
    throw new SlipwayError("USAGE", `A comparison takes 2 to ${MOST_RUNS} runs`, {
      found: String(ids.length),
      hint: "Choose them in the list of experiments, by the boxes before their names.",
    });
  const found = await Promise.all(ids.map((id) => runOf(host, id)));
  const records = found.map(({ record }) => record);
  const [first, ...others] = records;
  const code = first === undefined ? [] : await Promise.all(others.map((other) => codeOf(request, first, other)));
  const comparison = { ...compareRuns(records), code: code.map(({ patch: _, ...each }) => each) };
  const report = comparisonReport(comparison, shortRun);
  const body = html`<h1>${ids.length} runs side by side</h1>
<ul>${records.map((run) => html`<li><a class="mono" href="${runPath(host, run.run)}">${shortRun(run.run)}</a> of <a href="${modelPath(host, run.model)}">${run.model}</a> ${statusBadge(run)} ${run.note ?? run.tried?.join(" ") ?? ""}</li>`)}</ul>
${report.notices.map((notice) => html`<p class="warning">${notice}</p>`)}
${fitSections(report.sections, MOST_BYTES).map(sectionHtml)}
${curvePictures(host, records)}${code.map(patchHtml)}
<p class="quiet">${report.footer.join(" ")}</p>`;
  return { title: "Runs side by side", tab: "experiments", body };
}

type ComparedCode = RunComparison["code"][number];

async function codeOf({ host }: PageRequest, first: RunRecord, other: RunRecord): Promise<ComparedCode> {
  const places = { objects: host.ports.objects, local: runPlaces(host).local };
  return { run: other.run, ...(await compareCode(places, first, other)) };
}

function patchHtml({ run, patch }: ComparedCode): Html | "" {
  if (patch === undefined) return "";
  const cut = patch.length > MOST_PATCH ? `${patch.slice(0, MOST_PATCH)}\n… the rest is left out` : patch;
  return html`<details class="box"><summary><h2>Lines of ${shortRun(run)}</h2></summary><pre tabindex="0" role="region" aria-label="Changed lines of ${run}">${cut}</pre></details>`;
}
