import type { Interval, MetricValue } from "../../schemas/evaluation.ts";
import type { Gate } from "../../schemas/gate.ts";
import type { TryTerms } from "../../schemas/try.ts";
import { LEVELS, levelFor, SHOWN_LEVEL } from "../metrics/levels.ts";
import { askedLevel, isCovered, isSpent } from "./asked-level.ts";
import { isNumber, type Missing } from "./gate-evidence.ts";
import type { GateAnswer } from "./gate-kind.ts";
import { varies } from "./gate-words.ts";
import { formatPercent } from "./number-words.ts";
import { tryWords } from "./try-words.ts";

/** Where the truth may be. */
export type Range = Pick<Interval, "low" | "high">;

interface Judged {
  /** Whether the demand holds wherever in this range the truth is. */
  passes: (range: Range) => boolean;
  words: string;
  /** What the bounds say of the truth, in words: `at least 0.91`. */
  bound: (range: Range) => string;
  value: number;
  rows: number;
}

/**
 * The value decides between fail and the rest. With a confidence, the bound at the level that the tries leave decides between
 * pass and inconclusive; what was not paid for is not answered. Of a time the shown interval decides so: nothing is paid for
 * what is not of the labels.
 */
export function judge(gate: Gate, measure: MetricValue, about: Judged, tries: readonly TryTerms[]): GateAnswer {
  const { value, rows, words } = about;
  const { confidence } = gate;
  if (confidence !== undefined && tries.length === 0) return inconclusive(NOT_SPENT);
  const asked = confidence === undefined ? undefined : askedAt(confidence, tries);
  // Without a confidence the interval is shown beside the value, and decides nothing.
  const interval = intervalAt(measure, asked ?? SHOWN_LEVEL);
  const kept = { value, rows, interval, level: asked, ...(measure.step === undefined ? {} : { step: measure.step }) };
  if (!about.passes({ low: value, high: value })) return { verdict: "fail", found: words, ...kept };
  if (confidence === undefined || asked === undefined) {
    if (!varies(gate.metric)) return { verdict: "pass", found: words, ...kept };
    if (interval === undefined) {
      return { ...inconclusive({ reason: "INTERVAL_MISSING", found: `${words}, and no interval` }), ...kept };
    }
    return about.passes(interval)
      ? { verdict: "pass", found: words, ...kept }
      : { ...inconclusive({ reason: "INTERVAL_TOO_WIDE", found: words }), ...kept };
  }
  const spent = tries.find((terms) => isSpent(confidence, terms));
  if (spent !== undefined) {
    const found = `${words}; ${formatPercent(spent.before)} of ${formatPercent(1 - confidence)} was spent before`;
    return { ...inconclusive({ reason: "TEST_SET_SPENT", found }), ...kept };
  }
  if (!tries.every((terms) => isCovered(confidence, terms))) return inconclusive(NOT_SPENT);
  if (interval === undefined) {
    const found = `${words}; ${whyNoBound(measure, asked)}`;
    return { ...inconclusive({ reason: "INTERVAL_MISSING", found }), ...kept };
  }
  const found = `${words}, ${about.bound(interval)} at the ${formatPercent(interval.level)} level${tryWords(confidence, tries)}`;
  if (about.passes(interval)) return { verdict: "pass", found, ...kept };
  return { ...inconclusive({ reason: "INTERVAL_TOO_WIDE", found: `${found}: the interval is too wide` }), ...kept };
}

/** The strictest level at which one of the tries has the gate asked. */
function askedAt(confidence: number, tries: readonly TryTerms[]): number {
  return Math.min(...tries.map(({ budget }) => askedLevel(confidence, budget)));
}

/** The bounds at the level asked, or at the next stricter one. */
export function intervalAt(measure: MetricValue, asked: number): Interval | undefined {
  const rung = levelFor(asked);
  const usable = (measure.intervals ?? []).filter(({ low, high }) => isNumber(low) && isNumber(high) && low <= high);
  return usable.find(({ level }) => level === rung);
}

function whyNoBound({ reason }: MetricValue, asked: number): string {
  const rung = levelFor(asked);
  const strictest = LEVELS.at(-1) as number;
  if (rung === undefined)
    return `asked at ${formatPercent(asked)}, and no bound is stricter than ${formatPercent(strictest)}`;
  return `no bound was recorded at the ${formatPercent(rung)} level${reason === undefined ? "" : `: ${reason}`}`;
}

export function inconclusive({ reason, found }: Missing): GateAnswer {
  return { verdict: "inconclusive", reason, found };
}

/** What is found where the answer would cost a try that is not spent. */
export const NOT_SPENT: Missing = {
  reason: "TRY_NOT_SPENT",
  found: "not answered: this costs a try, which is not spent yet",
};

export const INCOMPLETE = inconclusive({ reason: "GATE_INCOMPLETE", found: "a gate that cannot be answered" });
