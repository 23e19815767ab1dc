import type { Comparison, Interval, MetricValue } from "../../schemas/evaluation.ts";
import type { AskedGate, Gate, GateResult } from "../../schemas/gate.ts";
import type { GateEvidence, Missing } from "./gate-evidence.ts";
import { findDifference, findValue, isNumber, measuredOtherwise } from "./gate-evidence.ts";
import type { GateReason } from "./gate-reasons.ts";
import { gateExpectation, unitOf } from "./gate-words.ts";
import { formatAgainst, formatInterval, formatPercent, reaches } from "./number-words.ts";

// Shown beside a value that is compared without an interval, where it was recorded; it decides nothing there.
const SHOWN_CONFIDENCE = 0.95;

type Answer = Omit<GateResult, "gate" | "origin" | "expected">;

/**
 * Answers one gate. A value that misses its threshold fails; one that passes where the interval's bound
 * does not, and all evidence that is absent or undefined, is inconclusive. Thresholds are inclusive.
 * A comparison passes where no version is in the stage compared with, and says so. A floor's metric has to have been
 * measured as the policy defines it: what only has its name is no evidence.
 */
export function checkGate({ gate, origin, definition }: AskedGate, evidence: GateEvidence): GateResult {
  const absolute = gate["at-least"] !== undefined || gate["at-most"] !== undefined;
  const relative = gate["max-regression"] !== undefined || gate["min-improvement"] !== undefined;
  const other = definition && measuredOtherwise(gate, definition, evidence.evaluation);
  const answer = other
    ? inconclusive(other)
    : absolute === relative || relative !== (gate.versus !== undefined)
      ? inconclusive({ reason: "GATE_INCOMPLETE", found: "a gate that cannot be answered" })
      : relative
        ? checkDifference(gate, evidence)
        : checkValue(gate, evidence);
  return { gate, origin, expected: gateExpectation(gate), ...answer };
}

function checkValue(gate: Gate, evidence: GateEvidence): Answer {
  const found = findValue(gate, evidence.evaluation);
  if ("reason" in found) return inconclusive(found);
  const { measure, rows } = found;
  const value = measure.value;
  if (!isNumber(value)) {
    return {
      ...inconclusive({ reason: "VALUE_UNDEFINED", found: `undefined: ${measure.reason ?? "no reason given"}` }),
      rows,
    };
  }
  const least = gate["at-least"] ?? Number.NEGATIVE_INFINITY;
  const most = gate["at-most"] ?? Number.POSITIVE_INFINITY;
  const thresholds = [least, most].filter(Number.isFinite);
  return judge(gate, measure, {
    passes: ({ low, high }) =>
      (least === -Infinity || reaches(low, least)) && (most === Infinity || reaches(-high, -most)),
    words: `${formatAgainst(value, ...thresholds)}${unitOf(gate.metric)}`,
    intervalWords: (interval) => formatInterval(interval, ...thresholds),
    value,
    rows,
  });
}

function checkDifference(gate: Gate, evidence: GateEvidence): Answer {
  const comparison = evidence.comparisons.find((each) => each.stage === gate.versus);
  if (comparison === undefined) {
    return inconclusive({ reason: "COMPARISON_MISSING", found: `no comparison with ${gate.versus} was made` });
  }
  if (comparison.version === undefined) return withoutBaseline(comparison);
  const baseline = { stage: comparison.stage, version: comparison.version };
  const found = findDifference(gate, comparison, evidence);
  if ("reason" in found) return { ...inconclusive(found), baseline };
  const { candidate, difference, rows } = found;
  const sign = found.greaterIsBetter ? 1 : -1;
  const required = gate["min-improvement"] ?? -(gate["max-regression"] ?? 0);
  const gained = sign * (difference.value ?? Number.NaN);
  const unit = unitOf(gate.metric);
  const against = `${formatAgainst(found.baseline, candidate)}${unit} (version ${comparison.version})`;
  const by = `${formatAgainst(Math.abs(gained), Math.abs(required))}${unit}`;
  const change = gained === 0 ? "no difference" : `${gained > 0 ? "better" : "worse"} by ${by}`;
  return {
    ...judge(gate, difference, {
      passes: ({ low, high }) => reaches(found.greaterIsBetter ? low : -high, required, candidate, found.baseline),
      words: `${formatAgainst(candidate, found.baseline)}${unit} against ${against}: ${change}`,
      intervalWords: (interval) => `(difference within ${formatInterval(interval, sign * required)})`,
      value: difference.value ?? Number.NaN,
      rows,
    }),
    baseline: { ...baseline, value: found.baseline },
  };
}

/** The value decides between fail and the rest; with a confidence, the interval's bound between pass and inconclusive. */
function judge(
  gate: Gate,
  measure: MetricValue,
  about: {
    passes: (range: { low: number; high: number }) => boolean;
    words: string;
    intervalWords: (interval: Interval) => string;
    value: number;
    rows: number;
  },
): Answer {
  const { value, rows, words } = about;
  const interval = intervalAt(measure, gate.confidence ?? SHOWN_CONFIDENCE);
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

function intervalAt(measure: MetricValue, confidence: number): Interval | undefined {
  const usable = (measure.intervals ?? []).filter(({ low, high }) => isNumber(low) && isNumber(high) && low <= high);
  return usable.find((interval) => Math.abs(interval.confidence - confidence) < 1e-9);
}

function withoutBaseline(comparison: Comparison): Answer {
  if (comparison.predictions !== "none") {
    return inconclusive({ reason: "BASELINE_UNAVAILABLE", found: `${comparison.stage}'s version is not known` });
  }
  const reason: GateReason = "NO_BASELINE";
  return { verdict: "pass", reason, found: `nothing to compare: no version is in ${comparison.stage}` };
}

function inconclusive({ reason, found }: Missing): Answer {
  return { verdict: "inconclusive", reason, found };
}
