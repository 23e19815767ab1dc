import type { Problem } from "../../schemas/problem.ts";
import type { RunResult } from "../../schemas/run-result.ts";
import { valueWords } from "./metric-words.ts";
import type { Report } from "./report.ts";
import { scalarMetrics } from "./scalar-metrics.ts";
import { verdictOf } from "./verdict-words.ts";

/** How a run came out, on one line: its verdict, and the first metric that its spec names. */
export function runSummary(run: RunResult): Report["verdict"] {
  const { mark, text } = verdictOf(run);
  const [first] = scalarMetrics(run.evaluation?.metrics ?? {});
  return { mark, text: first === undefined ? text : `${text}; ${first[0]} ${valueWords(...first)}` };
}

/** The same of a model that could not be run at all. */
export function refusedSummary(problem: Problem): Report["verdict"] {
  return { mark: "fail", text: `Cannot run: ${problem.message}` };
}
