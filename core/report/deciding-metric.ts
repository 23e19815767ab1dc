import type { RunResult } from "../../schemas/run-result.ts";
import { chosenComparison } from "./comparison-sections.ts";
import { differenceWords, readingCell, valueWords } from "./metric-words.ts";
import type { Mark } from "./report.ts";
import { scalarMetrics } from "./scalar-metrics.ts";

export interface DecidingMetric {
  name: string;
  /** With its unit. */
  value: string;
  /** From what is live, where it was compared. */
  change?: { mark: Mark; text: string };
}

/**
 * The one metric that a model is summed up by: of the stage's gates the first that does not pass, else the first that compares,
 * else the first gate's; where none is asked, the first that the spec names. Undefined without a metric.
 */
export function decidingMetric({ evaluation, gates }: RunResult, stage: string): DecidingMetric | undefined {
  if (evaluation === undefined) return undefined;
  const asked = [...(gates[stage] ?? []), ...(gates["register"] ?? [])].filter(({ gate }) => gate.slice === undefined);
  const gate =
    asked.find(({ verdict }) => verdict !== "pass") ??
    asked.find(({ gate: { versus } }) => versus !== undefined) ??
    asked[0];
  const [first] = scalarMetrics(evaluation.metrics);
  const name = gate?.gate.metric ?? first?.[0];
  if (name === undefined) return undefined;
  const pair = chosenComparison(evaluation.comparisons)?.metrics[name];
  const cell = pair && readingCell(name, pair);
  const mark = cell === undefined || typeof cell === "string" ? "same" : cell.mark;
  const change = pair && pair.difference.value !== null && { mark, text: differenceWords(pair.difference) };
  return { name, value: valueWords(name, evaluation.metrics[name]), ...(change ? { change } : {}) };
}
