import type { RunComparison } from "../../schemas/run-comparison.ts";
import type { RunRecord, RunSummary } from "../../schemas/run-summary.ts";
import { formatInterval, formatNumber } from "../gates/number-words.ts";
import { metricValue } from "../search/find-runs.ts";
import { gateSection } from "./gate-section.ts";
import { measured, readingOf, trendCell, valueWords } from "./metric-words.ts";
import { type Cell, left, type Mark, type Report, right, type Section } from "./report.ts";
import { duration } from "./run-sections.ts";
import { trackedSection } from "./tracked-section.ts";
import { counted } from "./verdict-words.ts";

const STATUS: Record<RunSummary["status"], Mark> = {
  running: "note",
  finished: "pass",
  failed: "fail",
  interrupted: "inconclusive",
};
const MOST_METRICS = 3;

/** Runs, a line each: `slipway runs`. `metrics` are the columns of values. */
export function runsReport(runs: readonly RunSummary[], total: number, metrics: readonly string[]): Report {
  const own = new Set(metrics.filter((name) => runs.some((run) => metricValue(run, name)?.own)));
  const columns = [
    left("Run"),
    left("Model"),
    left("Status"),
    ...metrics.map((name) => right(own.has(name) ? `${name} †` : name)),
    { ...left("Gates"), drop: 2 },
    { ...left("From"), drop: 1 },
    { ...left("Set"), drop: 5 },
    { ...right("Took"), drop: 4 },
    { ...left("Started"), drop: 3 },
    { ...left("Note"), drop: 6 },
  ];
  const rows = runs.map((run): Cell[] => [
    `${run.starred ? "★ " : ""}${run.run}`,
    run.model,
    { mark: STATUS[run.status], text: run.status },
    ...metrics.map((name) => metricCell(run, name)),
    verdictCell(run),
    fromWords(run),
    run.tried?.join(" ") ?? "",
    run.seconds === undefined ? "" : duration(run.seconds),
    run.started_at.slice(0, 16).replace("T", " "),
    run.note?.split("\n")[0]?.slice(0, 80) ?? "",
  ]);
  const more = total - runs.length;
  return {
    title: "Runs",
    verdict: { mark: "note", text: total === 0 ? "none is found" : counted(total, "run") },
    notices: [
      ...(total === 0 ? ["slipway run makes one; a filter may be narrower than you think"] : []),
      ...(more > 0 ? [`${more} more: --limit ${total} shows them`] : []),
    ],
    sections: total === 0 ? [] : [{ title: "Newest first", folded: false, text: [], table: { columns, rows } }],
    footer: own.size > 0 ? ["† The program's own word: it logged the value itself, and no gate reads it."] : [],
  };
}

/** Which metrics a table of runs shows where nobody says: those that gates ask for, or else the first that there are. */
export function shownMetrics(runs: readonly RunSummary[]): string[] {
  const counts = new Map<string, number>();
  const count = (name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const { metrics } of runs) for (const [name, { deciding }] of Object.entries(metrics)) if (deciding) count(name);
  if (counts.size === 0) for (const { metrics } of runs) for (const name of Object.keys(metrics)) count(name);
  if (counts.size === 0)
    for (const { tracked } of runs) for (const name of Object.keys(tracked?.metrics ?? {})) count(name);
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .slice(0, MOST_METRICS)
    .map(([name]) => name);
}

function metricCell(run: RunSummary, name: string): string {
  const found = metricValue(run, name);
  if (found === undefined) return "–";
  return found.own ? formatNumber(found.value) : valueWords(name, found);
}

/** The worst of the verdicts, and of which stages. */
export function verdictCell({ verdicts }: RunSummary): Cell {
  const all = Object.entries(verdicts);
  const worst = (["fail", "inconclusive", "pass"] as const).find((each) => all.some(([, verdict]) => verdict === each));
  if (worst === undefined) return "";
  const stages = all.filter(([, verdict]) => verdict === worst).map(([stage]) => stage);
  return { mark: worst, text: stages.join(", ") };
}

export function fromWords({ from, pull_request, shared, by }: RunSummary): string {
  if (from === "pull") return `#${pull_request}`;
  if (from === "shared") return by === undefined ? "shared" : `shared by ${by.name}`;
  return shared ? "here, shared" : "here";
}

/** One run: `slipway runs show`. */
export function runReport(run: RunRecord): Report {
  const { source, tried, note, started_at, seconds, seed, data, artifact, problem, status } = run;
  const facts: [string, string | undefined][] = [
    ["model", run.model],
    ["from", `${fromWords(run)}${run.url === undefined ? "" : `, ${run.url}`}`],
    ["commit", source.commit && `${source.commit}${source.dirty ? ", with changes that are in no commit" : ""}`],
    ["started", `${started_at}${seconds === undefined ? "" : `, took ${duration(seconds)}`}`],
    ["set", tried?.join(", ")],
    ["seed", String(seed)],
    ...Object.entries(run.params).map(([name, value]): [string, string] => [`param ${name}`, value]),
    ["train data", data?.train && `${counted(data.train.rows, "row")}, sha256 ${data.train.sha256}`],
    ["test data", data && `${counted(data.test.rows, "row")}, sha256 ${data.test.sha256}`],
    ["artifact", artifact && `sha256 ${artifact.sha256}`],
    ["note", note],
  ];
  const about = facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  return {
    title: `Run ${run.run}`,
    verdict: { mark: STATUS[status], text: problem ? `${status}: ${problem.message}` : status },
    notices: problem?.hint ? [problem.hint] : [],
    sections: [
      { title: "Inputs", folded: false, text: [], table: { columns: [left("Input"), left("Value")], rows: about } },
      ...metricsSection(run),
      ...gateSection(run.gates),
      ...trackedSection({ tracked: run.logged }),
    ],
    footer: ["Advisory: what a run found decides nothing. The gates' verdicts are as this run recorded them."],
  };
}

export function metricsSection({ metrics }: RunSummary): Section[] {
  const rows = Object.entries(metrics).map(([name, { value, low, high, deciding, greater_is_better }]): Cell[] => [
    name,
    valueWords(name, { value }),
    low === undefined || high === undefined ? "–" : formatInterval({ low, high }),
    greater_is_better === false ? "less" : "more",
    deciding ? "a gate asks" : "",
  ]);
  if (rows.length === 0) return [];
  const columns = [left("Metric"), right("Value"), right("95 % interval"), left("Better is"), left("Decides")];
  return [{ title: "Metrics", folded: false, text: [], table: { columns, rows } }];
}

/** Runs side by side: `slipway runs compare`. `called` is how a run is named in the columns. */
export function comparisonReport(comparison: RunComparison, called = (run: string) => run): Report {
  const { runs, params, metrics, facts, same_test, code } = comparison;
  const names = runs.map(({ run }) => called(run));
  const differing = params.filter(({ differs }) => differs).length;
  const columns = (title: string) => [left(title), ...names.map(right)];
  const lineOf = ({ name, values, differs }: (typeof params)[number]): Cell[] => [
    differs ? { mark: "note", text: name } : name,
    ...values.map((value) => value ?? "–"),
  ];
  return {
    title: "Comparison of runs",
    verdict: { mark: "note", text: `${counted(differing, "param")} of ${params.length} differ` },
    notices: same_test ? [] : ["These runs were not measured on the same test rows: values of other rows tell little."],
    sections: [
      ...tableOf("Params", columns("Param"), params.map(lineOf)),
      ...tableOf(
        "Metrics",
        columns("Metric"),
        metrics.map((row) => metricLine(row, runs)),
      ),
      ...tableOf("Else", columns("Fact"), facts.map(lineOf)),
      ...code.flatMap(({ run, files, unseen = 0, patch }) =>
        codeSections(called(run), names[0] ?? "", { files, unseen, patch }),
      ),
    ],
    footer: [
      "Differences are of the values alone: no interval says how sure they are. Register versions to have them paired.",
    ],
  };
}

function tableOf(title: string, columns: ReturnType<typeof left>[], rows: Cell[][]): Section[] {
  return rows.length === 0 ? [] : [{ title, folded: false, text: [], table: { columns, rows } }];
}

function metricLine(row: RunComparison["metrics"][number], runs: readonly RunSummary[]): Cell[] {
  const { name, values, differences, own } = row;
  const better = runs.map(({ metrics }) => metrics[name]?.greater_is_better).find((each) => each !== undefined);
  const words = (value: number) => (own ? formatNumber(value) : valueWords(name, { value }));
  return [
    own ? `${name} †` : name,
    ...values.map((value, at): Cell => {
      if (value === null) return "–";
      const difference = differences[at];
      if (difference === null || difference === undefined) return words(value);
      const text = `${words(value)} (${difference > 0 ? "+" : ""}${measured(difference)})`;
      const reading = readingOf(values[0] ?? null, value, better);
      const cell = trendCell(reading);
      return reading === "unknown" || typeof cell === "string" ? text : { mark: cell.mark, text };
    }),
  ];
}

function codeSections(
  run: string,
  first: string,
  {
    files,
    unseen,
    patch,
  }: { files: RunComparison["code"][number]["files"]; unseen: number; patch: string | undefined },
): Section[] {
  const title = `Code of ${run} against ${first}`;
  if (files === undefined) return [{ title, folded: false, text: ["One of them does not say what its code was."] }];
  if (files.length === 0) return [{ title, folded: false, text: ["The same."] }];
  const rows = files.map(({ path, change, added_lines, removed_lines }): Cell[] => [
    path,
    change,
    added_lines === undefined ? "" : `+${added_lines} −${removed_lines ?? 0}`,
  ]);
  const text =
    unseen > 0 ? [`${counted(unseen, "file")} cannot be shown: their content is not in this repository.`] : [];
  const table = { columns: [left("File"), left("Change"), right("Lines")], rows };
  const lines = patch === undefined ? [] : patch.split("\n").map((line) => [line]);
  return [
    { title, folded: false, text, table },
    ...(lines.length === 0
      ? []
      : [{ title: "Patch", folded: false, text: [], table: { columns: [left("")], rows: lines } }]),
  ];
}
