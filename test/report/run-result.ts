import { checkGate } from "../../core/gates/check-gate.ts";
import type { Comparison } from "../../schemas/evaluation.ts";
import type { RunResult } from "../../schemas/run-result.ts";
import { comparison, evaluation, metric, pair, within } from "../gates/evidence.ts";

const paired = (candidate: number, baseline: number, half: number) =>
  pair(candidate, baseline, {
    difference: { value: candidate - baseline, ...within(candidate - baseline - half, candidate - baseline + half) },
  });

/** Production's version 2 against the candidate: recall is clearly better, accuracy is not, one slice got worse. */
export const AGAINST_PRODUCTION: Comparison = comparison(
  { accuracy: paired(0.91, 0.9, 0.03), recall: paired(0.93, 0.85, 0.02) },
  {
    version: 2,
    slices: [
      { slice: { island: "Dream" }, rows: 31, metrics: { accuracy: paired(0.8, 0.9, 0.05) } },
      { slice: { island: "Biscoe" }, rows: 44, metrics: { accuracy: paired(0.95, 0.9, 0.05) } },
    ],
  },
);

/** A finished run of penguins that passes its gates, with nothing in production. */
export function runResult(about: Partial<RunResult> = {}): RunResult {
  const measured = evaluation(
    {
      accuracy: metric(0.91, within(0.86, 0.95)),
      recall: metric(0.93, within(0.88, 0.97)),
      predict_ms_per_row: metric(3.21, { greater_is_better: false }),
    },
    {
      binding: false,
      slices: [{ slice: { island: "Dream" }, rows: 31, metrics: { accuracy: metric(0.8) } }],
      comparisons: [{ stage: "production", predictions: "none", rows: 0, metrics: {} }],
    },
  );
  const gate = { metric: "accuracy", "at-least": 0.8 };
  return {
    slipway: 1,
    run: "r1",
    model: "penguins",
    spec: "models/penguins/model.yaml",
    outcome: "succeeded",
    source: { commit: "c".repeat(40), dirty: false },
    binding: false,
    fingerprint: "f".repeat(64),
    steps: [
      { step: "train", outcome: "done", seconds: 12.3 },
      { step: "predict", outcome: "done", seconds: 0.4 },
    ],
    data: { test: measured.test },
    violations: [],
    params: '{"trees":50}',
    seed: 7,
    environment: { locks: [], runtime: { platform: "linux", arch: "x64", programs: { node: "v20.20.2" } } },
    artifact: { uri: "file:a", sha256: "d".repeat(64), size: 1_234_567, files: [] },
    artifact_from: "trained",
    predictions: { uri: "file:p", sha256: "e".repeat(64), size: 10 },
    evaluation: measured,
    gates: { register: [checkGate({ gate, origin: "policy" }, { evaluation: measured, comparisons: [], tries: [] })] },
    started_at: "2026-01-31T09:00:00.000Z",
    seconds: 14,
    ...about,
  };
}
