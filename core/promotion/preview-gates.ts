import type { Evaluation } from "../../schemas/evaluation.ts";
import type { AskedGate, GateResult } from "../../schemas/gate.ts";
import type { ModelRecord } from "../../schemas/model-record.ts";
import type { StageName } from "../../schemas/names.ts";
import type { TryTerms } from "../../schemas/try.ts";
import { checkGate } from "../gates/check-gate.ts";
import { unlessReplaced } from "./decide-promotion.ts";

/**
 * What the gates of each stage would say of an evaluation that decides nothing yet: a pull request's. The gates are handed
 * in, as the default branch's tip has them, so that what a run says of its own gates counts for nothing; comparisons count
 * against what is live now, as when deciding. `record` is undefined if the model was never registered, and `as-compared`
 * for a look back: at what was said when what was compared with was live.
 */
export function previewGates(input: {
  evaluation: Evaluation;
  gates: Readonly<Record<StageName, readonly AskedGate[]>>;
  record: ModelRecord | undefined | "as-compared";
  /** As the next try would have them. */
  tries: readonly TryTerms[];
}): Record<StageName, GateResult[]> {
  const { evaluation, gates, record, tries } = input;
  const comparisons = evaluation.comparisons.map((each) =>
    record === "as-compared" ? each : unlessReplaced(each, record ?? { stages: {} }),
  );
  const evidence = { evaluation, comparisons, tries };
  const answered = Object.entries(gates).map(([stage, asked]) => [
    stage,
    asked.map((each) => checkGate(each, evidence)),
  ]);
  return Object.fromEntries(answered);
}
