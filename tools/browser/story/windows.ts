import type { DriftTest, WindowRecord } from "../../../schemas/monitoring.ts";
import { ADA } from "./repository.ts";

const DAY = 86_400_000;
const DAYS = 9;

/** A look at each of nine days: quiet ones, then three on which bills came in inches and predictions went wrong. */
export function weeksOfPenguins({ version, end }: { version: number; end: Date }): WindowRecord[] {
  const today = Math.floor(end.getTime() / DAY) * DAY;
  return Array.from({ length: DAYS }, (_, day) => {
    const from = today - (DAYS - day) * DAY;
    const moved = day >= DAYS - 3;
    const rows = 180 + ((day * 37) % 60);
    const right = Math.round(rows * (moved ? 0.55 : 0.96));
    return {
      slipway: 1,
      model: "penguins",
      version,
      stage: "production",
      window: { from: iso(from), to: iso(from + DAY) },
      inputs: { requests: "a".repeat(64), labels: "b".repeat(64) },
      traffic: { rows, requests: rows, errors: day === 4 ? 3 : 0, sample: 1, p50_ms: 2.1, p99_ms: moved ? 14 : 6 },
      rules: moved
        ? [{ column: "bill_length_mm", check: "min", count: rows - 90, rows, expected: "at least 20", broken: true }]
        : [],
      tests: [
        bill(moved, rows),
        { ...bill(false, rows), column: "flipper_length_mm", bins: [190, 200, 212] },
        { ...bill(false, rows), of: "prediction", column: "prediction", bins: ["Adelie", "Chinstrap", "Gentoo"] },
      ],
      performance: {
        ...{ labelled: rows, doubled: 0, unknown: 0, metrics: {}, slices: [] },
        bars: [
          {
            bar: { metric: "accuracy", "at-least": 0.85 },
            ...{ rows, hits: right, value: right / rows, holds: moved ? "no" : "yes" },
          },
        ],
      },
      looked_at: iso(from + DAY),
      by: ADA,
      host: "cli",
    };
  });
}

function bill(moved: boolean, rows: number): DriftTest {
  const quarter = Math.floor(rows / 4);
  const current = moved ? [rows - 30, 10, 10, 10] : [quarter, quarter, quarter, rows - 3 * quarter];
  return {
    ...{ of: "feature", column: "bill_length_mm", what: "distribution", bins: [39, 44, 48] },
    ...{ reference: [60, 61, 60, 60], current, effect: moved ? 1.9 : 0.01, least: 0.1 },
    ...{ p: moved ? 1e-30 : 0.8, level: 0.016, drifted: moved },
  };
}

const iso = (at: number) => new Date(at).toISOString();
