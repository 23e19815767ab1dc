import type { RunComparison } from "../../schemas/run-comparison.ts";
import type { RunSummary } from "../../schemas/run-summary.ts";
import { metricValue, paramValue } from "../search/find-runs.ts";

/** Runs side by side, but for their code: params and facts that differ first, metrics that gates ask for first. */
export function compareRuns(runs: readonly RunSummary[]): Omit<RunComparison, "code"> {
  const tests = new Set(runs.map(({ data }) => data?.test.sha256));
  return {
    runs: [...runs],
    params: differingFirst(
      namesOf(runs, ({ params, tracked }) => ["seed", ...Object.keys(params), ...Object.keys(tracked?.params ?? {})]),
      (run, name) => paramValue(run, name)?.value,
      runs,
    ),
    metrics: metricRows(runs),
    facts: differingFirst(Object.keys(FACTS), (run, name) => FACTS[name]?.(run), runs),
    same_test: tests.size === 1 && !tests.has(undefined),
  };
}

const FACTS: Record<string, (run: RunSummary) => string | undefined> = {
  status: ({ status, problem }) => (problem ? `${status}: ${problem.code}` : status),
  commit: ({ source }) => source.commit && `${source.commit.slice(0, 10)}${source.dirty ? ", with changes" : ""}`,
  "pull request": ({ pull_request }) => (pull_request === undefined ? undefined : `#${pull_request}`),
  set: ({ tried }) => tried?.join(", "),
  code: ({ code }) => code?.slice(0, 10),
  "train data": ({ data }) => setWords(data?.train),
  "test data": ({ data }) => setWords(data?.test),
  artifact: ({ artifact }) => artifact && `${artifact.sha256.slice(0, 10)}, ${artifact.size} bytes`,
  fingerprint: ({ fingerprint }) => fingerprint?.slice(0, 10),
  seconds: ({ seconds }) => (seconds === undefined ? undefined : seconds.toFixed(1)),
  note: ({ note }) => note,
};

function setWords(set: { sha256: string; rows: number } | undefined): string | undefined {
  return set && `${set.rows} rows, ${set.sha256.slice(0, 10)}`;
}

function namesOf(runs: readonly RunSummary[], of: (run: RunSummary) => readonly string[]): string[] {
  return [...new Set(runs.flatMap(of))].sort();
}

function differingFirst(
  names: readonly string[],
  told: (run: RunSummary, name: string) => string | undefined,
  runs: readonly RunSummary[],
) {
  const rows = names.map((name) => {
    const values = runs.map((run) => told(run, name) ?? null);
    return { name, values, differs: new Set(values).size > 1 };
  });
  const known = rows.filter(({ values }) => values.some((value) => value !== null));
  return [...known.filter(({ differs }) => differs), ...known.filter(({ differs }) => !differs)];
}

function metricRows(runs: readonly RunSummary[]): RunComparison["metrics"] {
  const names = namesOf(runs, ({ metrics, tracked }) => [
    ...Object.keys(metrics),
    ...Object.keys(tracked?.metrics ?? {}),
  ]);
  const rows = names.map((name) => {
    const found = runs.map((run) => metricValue(run, name));
    const values = found.map((each) => each?.value ?? null);
    const [first] = values;
    const about = runs.map(({ metrics }) => metrics[name]).filter((each) => each !== undefined);
    return {
      name,
      values,
      differences: values.map((value, at) =>
        at === 0 || value === null || first === null || first === undefined ? null : value - first,
      ),
      best: bestOf(values, about[0]?.greater_is_better),
      own: found.every((each) => each === undefined || each.own),
      rank: about.some(({ deciding }) => deciding) ? 0 : about.length > 0 ? 1 : 2,
    };
  });
  return rows.sort((a, b) => a.rank - b.rank).map(({ rank: _, ...row }) => row);
}

function bestOf(values: readonly (number | null)[], greaterIsBetter: boolean | undefined): number | null {
  const numbers = values.filter((value) => value !== null);
  if (greaterIsBetter === undefined || numbers.length < 2) return null;
  const best = greaterIsBetter ? Math.max(...numbers) : Math.min(...numbers);
  const places = values.flatMap((value, at) => (value === best ? [at] : []));
  return places.length === 1 ? (places[0] ?? null) : null;
}
