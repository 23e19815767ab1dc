import type { Gate } from "../../schemas/gate.ts";
import { askedLevel } from "../gates/asked-level.ts";
import { passingValue } from "../ledger/passing-value.ts";
import { POWER } from "../ledger/price.ts";
import { normalQuantile } from "../metrics/quantiles.ts";
import type { ModelChoice } from "./guess-model.ts";
import type { TableColumn } from "./profile-table.ts";

export interface SuggestedGates {
  register: Gate[];
  production: Gate[];
  /** What these gates ask for and what the test rows can see, a sentence each. */
  why: string[];
}

const CONFIDENCE = 0.95;
/** Beyond it hardly any version passes, however good. */
const REACHABLE = 0.98;

/**
 * Gates that ask for more than a model would get that looks at no feature: the share of the most frequent class, or the mean. A
 * confidence is asked for where so many test rows can see it.
 */
export function suggestGates(
  { task }: ModelChoice,
  label: TableColumn,
  about: { rows: number; testRows: number; tries: number },
): SuggestedGates {
  if (task === "regression") {
    return {
      register: [{ metric: "r2", "at-least": 0 }],
      production: [
        { metric: "r2", "at-least": 0.1 },
        { metric: "r2", versus: "production", "max-regression": 0.02 },
      ],
      why: [
        `Predicting the mean of ${label.name} for each row has an R² of 0: a version has to be better to be registered.`,
        "In production it has to explain a tenth of what varies, and may lose at most 0.02 against the version that is live, on the same test rows.",
      ],
    };
  }
  const known = about.rows - label.nulls;
  const baseline = Math.ceil((100 * (label.values?.[0]?.count ?? 0)) / Math.max(1, known)) / 100;
  const asked = Math.min(baseline, 0.99);
  const seen = leastSeen(asked, about);
  const isSeen = seen <= REACHABLE;
  return {
    register: [{ metric: "accuracy", "at-least": asked }],
    production: [
      { metric: "accuracy", "at-least": asked, ...(isSeen ? { confidence: CONFIDENCE } : {}) },
      { metric: "accuracy", versus: "production", "max-regression": 0.01 },
    ],
    why: [
      `Saying ${JSON.stringify(label.values?.[0]?.value ?? "")} for each row is right in ${percent(asked)} of them: a version has to be at least as good to be registered.`,
      isSeen
        ? `With about ${about.testRows} test rows a version that is truly right in ${percent(seen)} passes the gate with 95 % confidence in four of five tries.`
        : `About ${about.testRows} test rows are too few for a confidence: hardly any version would pass. More rows can promise more.`,
      "A version may lose at most 0.01 against the one that is live, on the same test rows.",
    ],
  };
}

/** The true share that passes a threshold with the confidence in 80 % of tries, on so many rows. */
function leastSeen(threshold: number, { testRows, tries }: { testRows: number; tries: number }): number {
  if (testRows < 10) return Number.POSITIVE_INFINITY;
  const level = askedLevel(CONFIDENCE, tries);
  const value = Math.max(threshold, 0.5);
  const low = value - normalQuantile(1 - level) * Math.sqrt((value * (1 - value)) / testRows);
  return passingValue(
    { value, low: Math.max(low, 0.001), level },
    { threshold, level, power: POWER, times: 1 },
    [0, 1],
  );
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
