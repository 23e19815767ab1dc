import type { MetricValue } from "../../schemas/evaluation.ts";
import type { Gate } from "../../schemas/gate.ts";
import { SHOWN_LEVEL } from "../metrics/levels.ts";
import { inconclusive, intervalAt, judge, type Range } from "./gate-answer.ts";
import { findValue, type GateEvidence, isNumber } from "./gate-evidence.ts";
import type { GateAnswer, GateKind, Loosened } from "./gate-kind.ts";
import { unitOf, varies } from "./gate-words.ts";
import { formatAgainst, reaches } from "./number-words.ts";

/** The version's own value is held against a number. */
export const THRESHOLD_GATE: GateKind = {
  name: "a threshold",
  keys: ["at-least", "at-most"],
  usage: "at-least, at-most",
  problem(gate) {
    if ((gate["at-least"] ?? -Infinity) <= (gate["at-most"] ?? Infinity)) return undefined;
    return { key: "at-least", message: "no value can pass: at-least is over at-most" };
  },
  words(gate) {
    const unit = unitOf(gate.metric);
    return [
      ...(gate["at-least"] === undefined ? [] : [`at least ${gate["at-least"]}${unit}`]),
      ...(gate["at-most"] === undefined ? [] : [`at most ${gate["at-most"]}${unit}`]),
    ];
  },
  check: checkValue,
  loosened: loosenedThreshold,
};

function checkValue(gate: Gate, evidence: GateEvidence): GateAnswer {
  const found = findValue(gate, evidence.evaluation);
  if ("reason" in found) return inconclusive(found);
  const { measure, rows } = found;
  const value = measure.value;
  const least = gate["at-least"] ?? Number.NEGATIVE_INFINITY;
  const most = gate["at-most"] ?? Number.POSITIVE_INFINITY;
  const thresholds = [least, most].filter(Number.isFinite);
  const passes = ({ low, high }: Range) =>
    (least === -Infinity || reaches(low, least)) && (most === Infinity || reaches(-high, -most));
  if (!isNumber(value) || (varies(gate.metric) && value <= 0)) return { ...withoutValue(gate, measure, passes), rows };
  const answer = {
    passes,
    words: `${formatAgainst(value, ...thresholds)}${unitOf(gate.metric)}`,
    bound({ low, high }: Range) {
      const [from, to] = [low, high].map((bound) => formatAgainst(bound, ...thresholds));
      if (most === Infinity) return `at least ${from}`;
      return least === -Infinity ? `at most ${to}` : `between ${from} and ${to}`;
    },
    value,
    rows,
  };
  return judge(gate, measure, answer, evidence.tries);
}

/** A time that is too short to tell is known to be below its upper bound, and passes by that alone. */
function withoutValue(gate: Gate, measure: MetricValue, passes: (range: Range) => boolean): GateAnswer {
  const { value, reason } = measure;
  const interval = varies(gate.metric) && value === null ? intervalAt(measure, SHOWN_LEVEL) : undefined;
  const found = interval !== undefined && reason !== undefined ? reason : `undefined: ${reason ?? "no reason given"}`;
  if (interval !== undefined && passes(interval)) return { verdict: "pass", found, interval };
  return { ...inconclusive({ reason: "VALUE_UNDEFINED", found }), ...(interval ? { interval } : {}) };
}

function loosenedThreshold(gate: Gate, floor: Gate): Loosened | "other" | undefined {
  const [gateLeast, floorLeast] = [gate["at-least"], floor["at-least"]];
  const [gateMost, floorMost] = [gate["at-most"], floor["at-most"]];
  const shares =
    (gateLeast !== undefined && floorLeast !== undefined) || (gateMost !== undefined && floorMost !== undefined);
  if (!shares) return "other";
  if (gateLeast !== undefined && floorLeast !== undefined && gateLeast < floorLeast) {
    return { key: "at-least", expected: `at-least: ${floorLeast} or more` };
  }
  if (gateMost !== undefined && floorMost !== undefined && gateMost > floorMost) {
    return { key: "at-most", expected: `at-most: ${floorMost} or less` };
  }
  return undefined;
}
