import { recomputeTest } from "../../core/drift/recompute-test.ts";
import type { DriftTest, WindowRecord } from "../../schemas/monitoring.ts";

/** A test of two bins that follows from its counts, but for what is said otherwise. */
export function driftTest(about: Partial<DriftTest> = {}): DriftTest {
  const { of = "feature", column = "temp_max", what = "distribution", bins = [12] } = about;
  const { reference = [100, 100], current = [50, 50], least = 0.1, level = 0.01 } = about;
  const counted = { of, column, what, bins, reference, current, least, level };
  return { ...counted, ...recomputeTest(counted), ...about };
}

/** A test whose window is far from what was trained on. */
export function drifted(about: Partial<DriftTest> = {}): DriftTest {
  return driftTest({ current: [95, 5], ...about });
}

/** A look at a day of version 1 of rain: a hundred rows, and nothing in it but what is said. */
export function windowRecord(about: Partial<WindowRecord> = {}): WindowRecord {
  return {
    ...{ slipway: 1, model: "rain", version: 1, stage: "production" },
    window: { from: "2026-11-28T00:00:00.000Z", to: "2026-11-29T00:00:00.000Z" },
    inputs: { requests: "a".repeat(64), spec: "b".repeat(40) },
    traffic: { rows: 100, requests: 100, errors: 0, sample: 1 },
    ...{ rules: [], tests: [] },
    ...{ looked_at: "2026-11-29T04:17:00.000Z", by: { name: "slipway", id: "slipway" }, host: "app" },
    ...about,
  };
}
