import { html } from "hono/html";
import { gateSection } from "../../../core/report/gate-section.ts";
import { duration } from "../../../core/report/run-sections.ts";
import { metricsSection } from "../../../core/report/runs-report.ts";
import { trackedSection } from "../../../core/report/tracked-section.ts";
import type { RunRecord, RunSummary } from "../../../schemas/run-summary.ts";
import type { Html, Page, PageRequest } from "../request/page.ts";
import { readOnlyNote } from "../view/act-form.ts";
import { type Fact, factsHtml } from "../view/facts.ts";
import { fitSections } from "../view/fit-sections.ts";
import { commitLink, modelPath, outsideLink, pathTo } from "../view/links.ts";
import { sectionHtml } from "../view/section.ts";
import { timeHtml } from "../view/time.ts";
import { curvePictures } from "./curves.ts";
import { logTail, logTailHtml } from "./log-tail.ts";
import { runOf, runPlaces } from "./open-runs.ts";
import { runActs } from "./run-acts.ts";
import { fromHtml, shortRun, statusBadge } from "./run-row.ts";

/** Seconds until the page of a run that goes on looks again. */
const SOON = 2;
const MOST_BYTES = 50_000;

/** `/experiments/runs/:run`: what went in, what came out, curves while it trains. */
export async function runPage(request: PageRequest): Promise<Page> {
  const { host, params } = request;
  const { summary, record } = await runOf(host, params["run"] ?? "");
  const { local } = runPlaces(host);
  const tail = summary.from === "local" && local ? await logTail(local.folder(summary.run)) : undefined;
  const sections = fitSections(
    [...metricsSection(record), ...gateSection(record.gates), ...trackedSection({ tracked: record.logged })],
    MOST_BYTES,
  );
  const { problem, status } = record;
  const body = html`<h1>Run <span class="mono">${shortRun(record.run)}</span> of <a href="${modelPath(host, record.model)}">${record.model}</a></h1>
<div data-live="run"><p>${statusBadge(record)} ${record.starred ? "★ " : ""}<span class="quiet">Advisory: nothing is decided from a run.</span></p>
${problem === undefined ? "" : html`<p class="warning" role="alert">${problem.message}${"hint" in problem && problem.hint ? html` ${problem.hint}` : ""} <code>${problem.code}</code></p>`}
${record.note === undefined ? "" : html`<p>${record.note}</p>`}
<div class="grid"><section class="box"><h2>What it is</h2>${factsHtml(factsOf(request, record))}</section>${paramsBox(record)}</div>
${curvePictures(host, [record])}${sections.map(sectionHtml)}${logTailHtml(tail)}</div>
${runActs(request, summary, record)}${readOnlyNote(request)}`;
  const title = `Run ${shortRun(record.run)} of ${record.model}`;
  return { title, tab: "experiments", body, ...(status === "running" ? { refresh: SOON } : {}) };
}

function factsOf({ host }: PageRequest, run: RunRecord): Fact[] {
  const { source, url, seconds, data, artifact, code, tried } = run;
  const commit =
    source.commit &&
    html`${commitLink(host, source.commit)}${source.dirty ? ", with changes that are in no commit" : ""}`;
  const group =
    run.group && html`<a href="${pathTo(host, ["experiments"], { q: `group = '${run.group}'` })}">${run.group}</a>`;
  const facts: [string, Html | string | undefined][] = [
    ["Id", html`<code>${run.run}</code>`],
    ["From", url === undefined ? fromHtml(host, run) : html`${fromHtml(host, run)}, ${outsideLink(url, "its run")}`],
    ["Commit", commit],
    ["Group", group],
    ["Started", timeHtml(run.started_at)],
    ["Took", seconds === undefined ? undefined : duration(seconds)],
    ["Set", tried?.join(", ")],
    ["Training data", data?.train && setHtml(data.train)],
    ["Test data", data && setHtml(data.test)],
    ["Artifact", artifact && html`<code>${artifact.sha256.slice(0, 12)}</code>, ${artifact.size} bytes`],
    ["Code", code && html`<code>${code.slice(0, 12)}</code>`],
  ];
  return facts.flatMap(([name, value]) => (value === undefined || value === "" ? [] : [[name, value] as const]));
}

function setHtml({ rows, sha256 }: { rows: number; sha256: string }): Html {
  return html`${rows} rows, <code>${sha256.slice(0, 12)}</code>`;
}

function paramsBox({ params, seed }: RunSummary): Html {
  const rows = Object.entries({ ...params, seed: String(seed) });
  return html`<section class="box"><h2>Params</h2>${factsHtml(rows.map(([name, value]): Fact => [name, value]))}</section>`;
}
