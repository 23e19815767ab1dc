import { LEVELS } from "../../core/metrics/levels.ts";
import type { Comparison, Evaluation, MetricComparison, MetricResult } from "../../schemas/evaluation.ts";

import type { TryTerms } from "../../schemas/try.ts";

export const TEST_DATA = "a".repeat(64);

export function metric(value: number | null, about: Partial<MetricResult> = {}): MetricResult {
  return { value, function: "accuracy_score", greater_is_better: true, ...about };
}

/** The same bounds at each level. */
export function within(low: number, high: number, levels = LEVELS) {
  return { intervals: levels.map((level) => ({ level, low, high })) };
}

export function evaluation(metrics: Record<string, MetricResult>, about: Partial<Evaluation> = {}): Evaluation {
  return {
    slipway: 1,
    task: "classification",
    binding: true,
    test: { sha256: TEST_DATA, rows: 100, files: [] },
    labels: "withheld",
    values: "exact",
    metrics,
    slices: [],
    comparisons: [],
    method: { name: "linearized", unit: "row", units: 100 },
    evaluated_at: "2026-01-31T09:00:00.000Z",
    seconds: { predict: 1, score: 1 },
    ...about,
  };
}

export function pair(candidate: number, baseline: number, about: Partial<MetricComparison> = {}): MetricComparison {
  return { candidate, baseline, difference: { value: candidate - baseline }, greater_is_better: true, ...about };
}

export function comparison(metrics: Record<string, MetricComparison>, about: Partial<Comparison> = {}): Comparison {
  return {
    stage: "production",
    version: 1,
    predictions: "kept",
    rows: 100,
    test_sha256: TEST_DATA,
    metrics,
    ...about,
  };
}

/** The first of twenty tries, that pays for a confidence of 0.9 and for any higher one. */
export const FIRST_TRY: TryTerms = { id: "1".repeat(32), budget: 20, before: 0, level: 0.005 };

export const NO_PRODUCTION: Comparison = { stage: "production", predictions: "none", rows: 0, metrics: {} };
