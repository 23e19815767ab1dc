import type { Comparison, Evaluation, MetricResult } from "../../schemas/evaluation.ts";
import type { AskedGate, Gate } from "../../schemas/gate.ts";
import { canonicalJson } from "../canonical.ts";
import { askedLevel } from "../gates/asked-level.ts";
import { findDifference, findValue, type Missing } from "../gates/gate-evidence.ts";
import { METRIC_FUNCTIONS, metricRow } from "../metrics/catalog.ts";
import { type Measured, type Sight, sightAt } from "./price.ts";

/** The ends that a metric lies between; undefined of one of a model's own, and of one that was not measured. */
export function rangeOf(metric: Pick<MetricResult, "function"> | undefined): readonly [number, number] | undefined {
  const name = METRIC_FUNCTIONS.find((each) => each === metric?.function);
  return name && metricRow(name).range;
}

/** What was measured of a version: its evaluation, and its comparisons with what was live, the newest last. */
export interface MeasuredVersion {
  evaluation: Evaluation;
  comparisons: readonly Comparison[];
}

/** What rows like a version's can see of each gate with a confidence; gates of which nothing was measured are left out. */
export function gateSights(
  gates: readonly Pick<AskedGate, "gate">[],
  measured: MeasuredVersion,
  budget: number,
): { gate: Gate; sight: Sight }[] {
  const apart = new Map(gates.map(({ gate }) => [canonicalJson(gate), gate]));
  return [...apart.values()].flatMap((gate) => {
    const sight = gateSight(gate, measured, budget);
    return sight === undefined ? [] : [{ gate, sight }];
  });
}

/** The same of one gate; undefined without a confidence, and where nothing was measured. */
export function gateSight(gate: Gate, measured: MeasuredVersion, budget: number): Sight | undefined {
  if (gate.confidence === undefined) return undefined;
  const found = gate.versus === undefined ? findValue(gate, measured.evaluation) : lastDifference(gate, measured);
  if (found === undefined || "reason" in found) return undefined;
  return sightAt(
    gate,
    { ...found, range: rangeOf(measured.evaluation.metrics[gate.metric]) },
    askedLevel(gate.confidence, budget),
  );
}

function lastDifference(gate: Gate, { evaluation, comparisons }: MeasuredVersion): Measured | Missing | undefined {
  const comparison = comparisons.findLast(({ stage, version }) => stage === gate.versus && version !== undefined);
  if (comparison === undefined) return undefined;
  const found = findDifference(gate, comparison, { evaluation, comparisons, tries: [] });
  return "reason" in found ? found : { measure: found.difference, rows: found.rows };
}
