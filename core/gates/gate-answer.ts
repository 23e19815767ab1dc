import type { Interval, MetricValue } from "../../schemas/evaluation.ts";
import type { Gate } from "../../schemas/gate.ts";
import { levelFor, SHOWN_LEVEL } from "../metrics/levels.ts";
import { isNumber, type Missing } from "./gate-evidence.ts";
import type { GateAnswer } from "./gate-kind.ts";
import { formatPercent } from "./number-words.ts";

/** The value decides between fail and the rest; with a confidence, the interval's bound between pass and inconclusive. */
export function judge(
  gate: Gate,
  measure: MetricValue,
  about: {
    passes: (range: { low: number; high: number }) => boolean;
    words: string;
    intervalWords: (interval: Interval) => string;
    value: number;
    rows: number;
  },
): GateAnswer {
  const { value, rows, words } = about;
  // Without a confidence the interval is shown beside the value, and decides nothing.
  const interval = intervalAt(measure, gate.confidence === undefined ? SHOWN_LEVEL : 1 - gate.confidence);
  const kept = { value, rows, interval };
  const found =
    interval === undefined || gate.confidence === undefined ? words : `${words} ${about.intervalWords(interval)}`;
  if (!about.passes({ low: value, high: value })) return { verdict: "fail", found, ...kept };
  if (gate.confidence === undefined) return { verdict: "pass", found, ...kept };
  if (interval === undefined) {
    const recorded = `no interval at ${formatPercent(gate.confidence)} confidence was recorded`;
    return { ...inconclusive({ reason: "INTERVAL_MISSING", found: `${found}; ${recorded}` }), ...kept };
  }
  if (about.passes(interval)) return { verdict: "pass", found, ...kept };
  return { ...inconclusive({ reason: "INTERVAL_TOO_WIDE", found: `${found}: the interval is too wide` }), ...kept };
}

function intervalAt(measure: MetricValue, asked: number): Interval | undefined {
  const rung = levelFor(asked);
  const usable = (measure.intervals ?? []).filter(({ low, high }) => isNumber(low) && isNumber(high) && low <= high);
  return usable.find(({ level }) => level === rung);
}

export function inconclusive({ reason, found }: Missing): GateAnswer {
  return { verdict: "inconclusive", reason, found };
}

export const INCOMPLETE = inconclusive({ reason: "GATE_INCOMPLETE", found: "a gate that cannot be answered" });
