import type { Ports } from "../../core/acts/ports.ts";
import { recordMonitoring } from "../../core/acts/record-monitoring.ts";
import { recomputeTest } from "../../core/drift/recompute-test.ts";
import type { WindowRecord } from "../../schemas/monitoring.ts";
import { ADA, digest } from "../../test/registry/builders.ts";

const DAY = 24 * 60 * 60_000;
const FIRST = Date.UTC(2026, 0, 1);
/** Windows that one look brings. */
export const LOOKED = 3;

/** A look at days of `birds` from the n-th one on, version 1 in each: what `slipway monitor` records. */
export function lookAtBirds(from: number): WindowRecord[] {
  return Array.from({ length: LOOKED }, (_, at) => {
    const begin = FIRST + (from + at) * DAY;
    const counted = {
      what: "distribution",
      reference: [300, 700],
      current: [60, 140 + at],
      least: 0.1,
      level: 0.05,
    } as const;
    const counts = { ...counted, reference: [...counted.reference], current: [...counted.current] };
    return {
      ...{ slipway: 1, model: "birds", version: 1, stage: "canary" },
      window: { from: new Date(begin).toISOString(), to: new Date(begin + DAY).toISOString() },
      inputs: { requests: digest(from + at) },
      traffic: { rows: 300, requests: 300, errors: 0, sample: 1 },
      rules: [],
      tests: [{ of: "feature", column: "wing", bins: [40], ...counts, ...recomputeTest(counts) }],
      ...{ looked_at: "2026-02-28T09:00:00.000Z", by: ADA, host: "cli" },
    };
  });
}

export async function recordBirds(ports: Pick<Ports, "objects" | "remote" | "clock">, from: number): Promise<void> {
  await recordMonitoring(ports, { windows: lookAtBirds(from) }, { by: ADA, host: "cli" });
}
