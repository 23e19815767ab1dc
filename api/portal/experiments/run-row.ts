import { html } from "hono/html";
import { formatInterval, formatNumber } from "../../../core/gates/number-words.ts";
import { valueWords } from "../../../core/report/metric-words.ts";
import { duration } from "../../../core/report/run-sections.ts";
import { metricValue, paramValue } from "../../../core/search/find-runs.ts";
import type { RunSummary } from "../../../schemas/run-summary.ts";
import type { PortalHost } from "../request/host.ts";
import type { Html } from "../request/page.ts";
import { pathTo, pullLink } from "../view/links.ts";
import { markHtml } from "../view/section.ts";
import { timeHtml } from "../view/time.ts";
import type { ValueColumn } from "./asked-runs.ts";

const BADGES = { running: "", finished: " good", failed: " bad", interrupted: " warn" } as const;
const LONGEST = 60;
const LONGEST_PARAM = 24;

export function runPath(host: Pick<PortalHost, "base">, run: string): string {
  return pathTo(host, ["experiments", "runs", run]);
}

export function statusBadge({ status }: Pick<RunSummary, "status">): Html {
  return html`<span class="badge${BADGES[status]}">${status}</span>`;
}

/** A run by the end of its id, as people name it. */
export function shortRun(run: string): string {
  return /^\d{8}T\d{6}Z-[0-9a-f]{8}$/.test(run) ? run.slice(-8) : run.slice(0, 40);
}

export function runRow(host: PortalHost, run: RunSummary, columns: readonly ValueColumn[]): Html {
  const note = run.note ?? run.tried?.join(" ") ?? "";
  return html`<tr><td><input type="checkbox" name="runs" value="${run.run}" aria-label="Compare run ${run.run}"></td>
<td>${run.starred ? html`<span role="img" aria-label="starred">★</span>&nbsp;` : ""}<a href="${runPath(host, run.run)}" class="mono">${shortRun(run.run)}</a></td>
<td>${run.model}</td><td>${statusBadge(run)}</td>
${columns.map((column) => html`<td${isText(run, column) ? "" : html` class="num"`}>${valueHtml(run, column)}</td>`)}
<td class="nowrap">${verdictsHtml(run)}</td><td>${fromHtml(host, run)}</td>
<td class="num">${run.seconds === undefined ? "" : duration(run.seconds)}</td><td>${timeHtml(run.started_at)}</td>
<td>${note.length > LONGEST ? `${note.slice(0, LONGEST)}…` : note}</td></tr>`;
}

export function fromHtml(host: Pick<PortalHost, "url">, { from, pull_request, shared, by }: RunSummary): Html {
  if (pull_request !== undefined) return pullLink(host, pull_request);
  if (from === "shared") return html`shared${by === undefined ? "" : ` by ${by.name}`}`;
  return html`here${shared ? ", shared" : ""}`;
}

/** What each stage's gates say, a mark each: the stage's name is on hover. */
function verdictsHtml({ verdicts }: RunSummary): Html {
  return html`${Object.entries(verdicts).map(([stage, verdict]) => html`<span title="${stage}">${markHtml(verdict, stage)}</span> `)}`;
}

/** Whether a run has words in a column, and no number. */
export function isText(run: RunSummary, { kind, name }: Pick<ValueColumn, "kind" | "name">): boolean {
  const value = kind === "metric" ? undefined : paramValue(run, name)?.value;
  return value !== undefined && (value.trim() === "" || !Number.isFinite(Number(value)));
}

/** A value with its interval on hover; what the program logged itself has a mark of its own. */
export function valueHtml(run: RunSummary, { kind, name }: Pick<ValueColumn, "kind" | "name">): Html {
  const found = kind === "metric" ? metricValue(run, name) : paramValue(run, name);
  if (found === undefined) return html`<span class="quiet">–</span>`;
  const { low, high } = (found.own ? undefined : run.metrics[name]) ?? {};
  const isMetric = typeof found.value === "number";
  const words = !isMetric
    ? shortened(String(found.value))
    : found.own
      ? formatNumber(Number(found.value))
      : valueWords(name, { value: Number(found.value) });
  if (isMetric && low !== undefined && high !== undefined)
    return html`<span title="at 95 %: ${formatInterval({ low, high })}">${words}</span>`;
  return html`${words}${found.own ? OWN : ""}`;
}

/** A text that fits a column; whole on hover. */
function shortened(text: string): Html {
  if (text.length <= LONGEST_PARAM) return html`${text}`;
  return html`<span title="${text.slice(0, 1_000)}">${text.slice(0, LONGEST_PARAM - 1)}…</span>`;
}

/** The program's own word, beside what the platform measured. */
const OWN = html`<abbr title="The program's own word: it logged this itself">†</abbr>`;
