import type { Comparison } from "../../schemas/evaluation.ts";
import type { Gate } from "../../schemas/gate.ts";
import { INCOMPLETE, inconclusive, judge, NOT_SPENT, type Range } from "./gate-answer.ts";
import { findDifference, type GateEvidence } from "./gate-evidence.ts";
import type { GateAnswer, GateKind, Loosened } from "./gate-kind.ts";
import type { GateReason } from "./gate-reasons.ts";
import { unitOf } from "./gate-words.ts";
import { exceeds, formatAgainst, reaches } from "./number-words.ts";

/** The version is held against the one in a stage, on the same rows. */
export const COMPARING_GATE: GateKind = {
  name: "a comparison",
  keys: ["versus", "max-regression", "min-improvement"],
  usage: "versus with max-regression or min-improvement",
  problem(gate) {
    if (requiredChange(gate) === undefined) {
      const expected = "max-regression or min-improvement beside it";
      return { key: "versus", message: "versus says with what, not how much", expected };
    }
    if (gate.versus === undefined) {
      const expected = "versus: a stage, as in versus: production";
      return { message: "a change is measured against something", expected };
    }
    if (gate["max-regression"] === undefined || gate["min-improvement"] === undefined) return undefined;
    const message = "max-regression and min-improvement exclude each other";
    return { key: "min-improvement", message, hint: "keep one of them" };
  },
  words(gate) {
    const unit = unitOf(gate.metric);
    const { versus, "min-improvement": improvement, "max-regression": regression } = gate;
    const better = isStrict(gate)
      ? `${improvement === 0 ? "" : `more than ${improvement}${unit} `}better than ${versus}`
      : improvement === 0
        ? `as good as ${versus}`
        : `at least ${improvement}${unit} better than ${versus}`;
    const worse = regression === 0 ? `not worse than ${versus}` : `at most ${regression}${unit} worse than ${versus}`;
    return [...(improvement === undefined ? [] : [better]), ...(regression === undefined ? [] : [worse])];
  },
  check: checkDifference,
  loosened: loosenedChange,
};

/** In the metric's direction: at least this much better, where a regression counts as less than nothing. */
function requiredChange(gate: Gate): number | undefined {
  const regression = gate["max-regression"];
  return gate["min-improvement"] ?? (regression === undefined ? undefined : -regression);
}

/** An improvement that is asked for with a confidence has to be above what is asked: as good is not better. */
function isStrict(gate: Gate): boolean {
  return gate["min-improvement"] !== undefined && gate.confidence !== undefined;
}

function checkDifference(gate: Gate, evidence: GateEvidence): GateAnswer {
  const required = requiredChange(gate);
  if (gate.versus === undefined || required === undefined) return INCOMPLETE;
  const comparison = evidence.comparisons.find((each) => each.stage === gate.versus);
  if (comparison === undefined) {
    return inconclusive({ reason: "COMPARISON_MISSING", found: `no comparison with ${gate.versus} was made` });
  }
  if (comparison.version === undefined) return withoutBaseline(comparison);
  const baseline = { stage: comparison.stage, version: comparison.version };
  // A comparison answers more than its gate asks: nothing of it is told before it is paid for.
  if (evidence.tries.length === 0) return { ...inconclusive(NOT_SPENT), baseline };
  const found = findDifference(gate, comparison, evidence);
  if ("reason" in found) return { ...inconclusive(found), baseline };
  const { candidate, difference, rows } = found;
  const leastGain = ({ low, high }: Range) => (found.greaterIsBetter ? low : -high);
  const value = difference.value ?? Number.NaN;
  const gained = leastGain({ low: value, high: value });
  const unit = unitOf(gate.metric);
  const against = `${formatAgainst(found.baseline, candidate)}${unit} (version ${comparison.version})`;
  const by = `${formatAgainst(Math.abs(gained), Math.abs(required))}${unit}`;
  const change = gained === 0 ? "no difference" : `${gained > 0 ? "better" : "worse"} by ${by}`;
  // In steps a bound is moved outward: it stands at what is required only if the truth's is beyond it, while the value is.
  const isBeyond = evidence.evaluation.values === "steps" && exceeds(gained, required, candidate, found.baseline);
  const suffices = isStrict(gate) && !isBeyond ? exceeds : reaches;
  const isAt = (gain: number) =>
    reaches(gain, required, candidate, found.baseline) && !exceeds(gain, required, candidate, found.baseline);
  const answer = {
    passes: (range: Range) => suffices(leastGain(range), required, candidate, found.baseline),
    words: `${formatAgainst(candidate, found.baseline)}${unit} against ${against}: ${change}`,
    bound(range: Range) {
      const least = leastGain(range);
      if (isStrict(gate) && isBeyond && isAt(least)) return `better by more than ${formatAgainst(required)}`;
      return `${least < 0 ? "worse by at most" : "better by at least"} ${formatAgainst(Math.abs(least), Math.abs(required))}`;
    },
    value,
    rows,
  };
  return { ...judge(gate, difference, answer, evidence.tries), baseline: { ...baseline, value: found.baseline } };
}

function withoutBaseline(comparison: Comparison): GateAnswer {
  if (comparison.predictions !== "none") {
    return inconclusive({ reason: "BASELINE_UNAVAILABLE", found: `${comparison.stage}'s version is not known` });
  }
  const reason: GateReason = "NO_BASELINE";
  return { verdict: "pass", reason, found: `nothing to compare: no version is in ${comparison.stage}` };
}

function loosenedChange(gate: Gate, floor: Gate): Loosened | "other" | undefined {
  if (gate.versus !== floor.versus) return "other";
  const least = requiredChange(floor) ?? 0;
  const own = requiredChange(gate) ?? 0;
  const onlyAsGood = own === least && isStrict(floor) && gate["min-improvement"] === undefined;
  if (own >= least && !onlyAsGood) return undefined;
  return {
    key: gate["min-improvement"] === undefined ? "max-regression" : "min-improvement",
    expected:
      floor["min-improvement"] === undefined
        ? `max-regression: ${-least} or less`
        : `min-improvement: ${least} or more`,
  };
}
