import type { Evaluation } from "../../schemas/evaluation.ts";
import type { GateResult } from "../../schemas/gate.ts";
import type { TryTerms } from "../../schemas/try.ts";
import { isSpent, priceOf } from "../gates/asked-level.ts";
import { gateSubject } from "../gates/gate-words.ts";
import { formatPercent } from "../gates/number-words.ts";
import { tryNumber } from "../gates/try-words.ts";
import { gateSight, type MeasuredVersion, rangeOf } from "../ledger/gate-sights.ts";
import { type Sight, sightAt } from "../ledger/price.ts";
import { sightWords } from "../ledger/price-words.ts";
import { triesLeftAfter } from "../ledger/tries-left.ts";
import { type Cell, left, type Section } from "./report.ts";
import { counted } from "./verdict-words.ts";

/** What gates' answers rest on. */
export interface Promised {
  gates: Readonly<Record<string, readonly GateResult[]>>;
  /** The tries that they rest on; none where nothing was spent yet. */
  tries: readonly TryTerms[];
  /** Whether the tries are recorded: an advisory run and a preview spend none. */
  spent: boolean;
  evaluation?: Pick<Evaluation, "labels" | "labels_reason" | "metrics" | "part" | "values"> | undefined;
  /** Of answers that are not paid for: what was measured before, which tells what they would see. */
  measured?: MeasuredVersion | undefined;
  /** Of a preview: how many times as many rows decide. */
  deciding?: number | undefined;
}

/** Which gates are promises, what they cost of the test set, what its rows can see, and what the promise assumes. */
export function promiseSection({ gates, tries, spent, evaluation, measured, deciding }: Promised): Section[] {
  const all = Object.values(gates).flat();
  const promises = all.filter(({ gate }) => gate.confidence !== undefined);
  const nothing = "Gates without a confidence promise nothing";
  if (all.length === 0) return [];
  const about = { title: "Promises", folded: false };
  if (promises.length === 0) {
    const recorded = spent && tries.length > 0 ? " The try counts for its test set all the same." : "";
    return [{ ...about, text: [`${nothing}: luck may pass them. None of these has one.${recorded}`] }];
  }
  const budget = Math.max(0, ...tries.map((terms) => terms.budget));
  const one = promises.length === 1;
  const said = `${promises.length} of ${counted(all.length, "gate")} ${one ? "has" : "have"} a confidence: how sure ${one ? "it" : "each"} is that luck`;
  const over =
    tries.length > 0 && budget === 0
      ? "does not pass this try. With tries: 0 there is no promise over tries."
      : `passes none of ${budget === 0 ? "the tries" : counted(budget, "try", "tries")} on these rows.`;
  const text = [
    `${said} ${over} ${nothing}.`,
    ...triesWords(promises, tries, spent),
    ...(evaluation === undefined ? [] : [assumption(evaluation)]),
  ];
  // What is spent tells nothing more, whatever its rows could see.
  if (promises.every(({ gate: { confidence = 0 } }) => tries.some((terms) => isSpent(confidence, terms))))
    return [{ ...about, text }];
  const rows = new Map(
    promises.flatMap((result) =>
      priceRow(result, { evaluation, measured, deciding, budget }).map((row) => [String(row), row]),
    ),
  );
  if (rows.size === 0) return [{ ...about, text }];
  const columns = ["Gate", "Level", "Can see"].map(left);
  return [{ ...about, text, table: { columns, rows: [...rows.values()] } }];
}

/** Which try of the budget the answers cost, and how many are left after it. */
function triesWords(promises: readonly GateResult[], tries: readonly TryTerms[], spent: boolean): string[] {
  const places = promises.flatMap(({ gate: { confidence = 0 } }) =>
    tries
      .filter(({ budget }) => budget > 0)
      .map((terms) => ({ confidence, terms, number: tryNumber(confidence, terms) })),
  );
  const [last] = places.sort((a, b) => b.number / b.terms.budget - a.number / a.terms.budget);
  if (last === undefined) return [];
  const { confidence, terms, number } = last;
  const { budget, before } = terms;
  if (isSpent(confidence, terms)) {
    const share = `${formatPercent(terms.before)} of ${formatPercent(1 - confidence)}`;
    return [
      `This test set is spent: earlier tries, on it or on sets that it shares rows with, took ${share}. New test rows start a new count, unless more than 10 % of them are from such a set.`,
    ];
  }
  const place = `${number} of ${budget}`;
  if (!spent) return [`Nothing was spent for this. The next try on this test set is ${place}.`];
  const confidences = promises.map(({ gate }) => gate.confidence ?? 0);
  const remaining = triesLeftAfter(confidences, budget, before + priceOf(promises, budget));
  return [
    `Try ${place} on this test set: after it ${remaining === 0 ? "none" : remaining} ${remaining > 1 ? "were" : "was"} left.`,
  ];
}

/** What has to be true of authors for the promise to hold. */
function assumption({ labels, labels_reason: reason, metrics, part, values }: NonNullable<Promised["evaluation"]>) {
  const looking = "The promise assumes authors who do not look";
  if (labels === "reachable") return `${looking}: the test labels are in their reach.`;
  if (values === "steps") {
    const coarse = "Values stand in steps that are too coarse to climb on";
    if (labels === "sealed") return `${coarse}, and no job with user code could open the test labels.`;
    // Authors who could open what data.labels names need nothing to climb on.
    return reason === undefined
      ? `${coarse}.`
      : `${coarse}. ${looking}, since the test labels are not sealed: ${reason}.`;
  }
  if (Object.values(metrics).some((metric) => metric.function === "own"))
    return `${looking}: a metric of the model's own saw the test labels, so values are exact.`;
  if (part === "preview")
    return "These rows are the preview: looking at them costs nothing, and no gate of a binding run decides on them.";
  return `${looking}: values are exact. With preview in slipway.yaml they see those of other rows.`;
}

/** What the rows that decide on a gate can see. */
function priceRow(result: GateResult, about: Priced): Cell[][] {
  const { gate, expected, reason } = result;
  const { measured, budget } = about;
  const sight =
    reason === "TRY_NOT_SPENT" && measured ? gateSight(gate, measured, budget) : sightOfAnswer(result, about);
  if (sight === undefined) return [];
  return [[`${gateSubject(gate)}: ${expected}`, formatPercent(sight.level), sightWords(gate, sight)]];
}

type Priced = Pick<Promised, "evaluation" | "measured" | "deciding"> & { budget: number };

function sightOfAnswer(
  { gate, value, interval, step, rows = 0, level }: GateResult,
  { evaluation, deciding: times }: Priced,
): Sight | undefined {
  if (level === undefined || interval === undefined || value === undefined) return undefined;
  const range = rangeOf(evaluation?.metrics[gate.metric]);
  return sightAt(gate, { measure: { value, intervals: [interval], step }, rows, range, times }, level);
}
