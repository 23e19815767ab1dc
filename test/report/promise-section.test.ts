import { expect, it } from "vitest";
import { checkGate } from "../../core/gates/check-gate.ts";
import { decisionPromises } from "../../core/report/decision-report.ts";
import { promiseSection } from "../../core/report/promise-section.ts";
import type { Evaluation } from "../../schemas/evaluation.ts";
import type { AskedGate, Gate } from "../../schemas/gate.ts";
import type { TryTerms } from "../../schemas/try.ts";
import { comparison, evaluation, FIRST_TRY, metric, pair, within } from "../gates/evidence.ts";

const PLAIN: Gate = { metric: "accuracy", "at-least": 0.8 };
const SURE: Gate = { metric: "accuracy", "at-least": 0.8, confidence: 0.95 };

/** The section on these gates, after so much was spent. */
function promises(
  gates: Gate[],
  about: { before?: number; budget?: number; spent?: boolean } & Partial<Evaluation> = {},
) {
  const { before = 0, budget = 20, spent = true, ...more } = about;
  const measured = evaluation({ accuracy: metric(0.93, within(0.88, 0.97)) }, more);
  const tries: TryTerms[] = [{ ...FIRST_TRY, budget, before, level: 0.05 }];
  const evidence = { evaluation: measured, comparisons: [], tries };
  const results = gates.map((gate) => checkGate({ gate, origin: "spec" }, evidence));
  return promiseSection({ gates: { production: results }, tries, spent, evaluation: measured })[0];
}

it("says nothing where no gate is asked", () => {
  expect(promises([])).toBeUndefined();
});

it("says that gates without a confidence promise nothing", () => {
  expect(promises([PLAIN])?.text).toEqual([
    "Gates without a confidence promise nothing: luck may pass them. None of these has one. The try counts for its test set all the same.",
  ]);
  expect(promises([PLAIN], { spent: false })?.text[0]).toMatch(/None of these has one\.$/);
});

it("says which gates are promises, over how many tries, and what is left", () => {
  const section = promises([PLAIN, SURE], { before: 2 * 0.0025 });
  expect(section?.text.slice(0, 2)).toEqual([
    "1 of 2 gates has a confidence: how sure it is that luck passes none of 20 tries on these rows. Gates without a confidence promise nothing.",
    "Try 3 of 20 on this test set: after it 17 were left.",
  ]);
  expect(section?.table?.rows).toEqual([
    ["accuracy: at least 0.8 with 95 % confidence", "0.25 %", "values of 0.876 or more at 80 % power"],
  ]);
});

it("counts what is left until the strictest gate is not answered, where a looser one costs more each time", () => {
  const loose: Gate = { ...SURE, confidence: 0.8 };
  expect(promises([SURE, loose], { before: 0.01 })?.text[1]).toBe(
    "Try 5 of 20 on this test set: after it 3 were left.",
  );
});

it("says which try is the next where none was spent", () => {
  expect(promises([SURE], { spent: false })?.text[1]).toBe(
    "Nothing was spent for this. The next try on this test set is 1 of 20.",
  );
});

it("shows the price of what a dry run does not answer, by what was measured before", () => {
  const difference = { value: 0.02, ...within(-0.01, 0.05) };
  const compared = comparison({ accuracy: pair(0.93, 0.91, { difference }) });
  const gates: Gate[] = [SURE, { metric: "accuracy", versus: "production", "min-improvement": 0, confidence: 0.95 }];
  const measured = evaluation({ accuracy: metric(0.93, within(0.88, 0.97)) }, { comparisons: [compared] });
  const asked = { gates: gates.map((gate): AskedGate => ({ gate, origin: "spec" })), comparisons: [compared] };
  const results = asked.gates.map((gate) => checkGate(gate, { ...asked, evaluation: measured, tries: [] }));
  const decided = { stage: "production", gates: results };
  const unspent = [{ ...FIRST_TRY, before: 0.005 }];
  const [section] = decisionPromises(decided, { unspent, evaluation: measured });
  expect(section?.table?.rows).toEqual([
    ["accuracy: at least 0.8 with 95 % confidence", "0.25 %", "values of 0.876 or more at 80 % power"],
    ["accuracy: better than production with 95 % confidence", "0.25 %", "differences of 0.039 or more at 80 % power"],
  ]);
});

it("says that none is left after the last one, and that a spent set needs new rows", () => {
  expect(promises([SURE], { before: 19 * 0.0025 })?.text[1]).toBe(
    "Try 20 of 20 on this test set: after it none was left.",
  );
  const spent = promises([SURE], { before: 0.05 });
  expect(spent?.text[1]).toBe(
    "This test set is spent: earlier tries, on it or on sets that it shares rows with, took 5 % of 5 %. New test rows start a new count, unless more than 10 % of them are from such a set.",
  );
  expect(spent?.table).toBeUndefined();
});

it("says that there is no promise over tries without a budget", () => {
  expect(promises([SURE], { budget: 0 })?.text.slice(0, 1)).toEqual([
    "1 of 1 gate has a confidence: how sure it is that luck does not pass this try. With tries: 0 there is no promise over tries. Gates without a confidence promise nothing.",
  ]);
});

it("tells of a preview what the rows see that decide", () => {
  const evidence = {
    evaluation: evaluation({ accuracy: metric(0.93, within(0.88, 0.97)) }),
    comparisons: [],
    tries: [FIRST_TRY],
  };
  const gates = { production: [checkGate({ gate: SURE, origin: "spec" as const }, evidence)] };
  const [section] = promiseSection({ gates, tries: [FIRST_TRY], spent: false, deciding: 4 });
  expect(section?.table?.rows[0]?.[2]).toBe("values of 0.832 or more at 80 % power");
});

it.each<[string, Partial<Evaluation>]>([
  ["do not look: values are exact", {}],
  ["do not look: the test labels are in their reach", { labels: "reachable" }],
  [
    "do not look: a metric of the model's own saw the test labels",
    { metrics: { own: metric(1, { function: "own" }) } },
  ],
  ["These rows are the preview", { part: "preview" }],
  ["Values stand in steps", { part: "rest", values: "steps" }],
])("says what the promise assumes: %s", (words, about) => {
  const { metrics, ...more } = about;
  const measured = evaluation({ accuracy: metric(0.93, within(0.88, 0.97)), ...metrics }, more);
  const tries = [FIRST_TRY];
  const result = checkGate({ gate: SURE, origin: "spec" }, { evaluation: measured, comparisons: [], tries });
  const [section] = promiseSection({ gates: { production: [result] }, tries, spent: true, evaluation: measured });
  expect(section?.text.at(-1)).toContain(words);
});
