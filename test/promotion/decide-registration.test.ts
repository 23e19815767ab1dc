import { expect, it } from "vitest";
import { decideRegistration } from "../../core/promotion/decide-registration.ts";
import { evaluation, FIRST_TRY, metric } from "../gates/evidence.ts";

const good = { evaluation: evaluation({ accuracy: metric(0.9) }), gates: [], tries: [FIRST_TRY], violations: [] };
const gate = (least: number) => ({ gate: { metric: "accuracy", "at-least": least }, origin: "policy" as const });

it("registers a binding run that keeps its data's rules and passes its gates", () => {
  expect(decideRegistration({ ...good, gates: [gate(0.8)] })).toMatchObject({ outcome: "register", refusals: [] });
});

it("refuses a run that fails a gate, with expected, found and whose gate it is", () => {
  const decision = decideRegistration({ ...good, gates: [gate(0.95), gate(0.8)] });
  expect(decision).toMatchObject({ outcome: "refused", results: [{ verdict: "fail" }, { verdict: "pass" }] });
  expect(decision.refusals).toEqual([
    { code: "GATE_FAILED", message: "accuracy (the platform's floor): expected at least 0.95, found 0.9" },
  ]);
});

it("refuses a run with an inconclusive gate, and says what to do", () => {
  const decision = decideRegistration({
    ...good,
    gates: [{ gate: { metric: "auc", "at-least": 0 }, origin: "spec" }],
  });
  expect(decision.refusals).toMatchObject([{ code: "GATE_INCONCLUSIVE", hint: expect.stringContaining("metrics") }]);
});

it("refuses data that breaks a declared rule", () => {
  const violation = {
    set: "train" as const,
    column: "sex",
    check: "one-of" as const,
    count: 2,
    rows: ["3"],
    expected: "one of male, female",
    found: "2 other values",
  };
  const { outcome, refusals } = decideRegistration({ ...good, violations: [violation] });
  expect(outcome).toBe("refused");
  expect(refusals).toMatchObject([
    { code: "DATA_INVALID", message: "train data, column sex: expected one of male, female, found 2 other values" },
  ]);
});

it("refuses an advisory evaluation, however good", () => {
  const advisory = { ...good, evaluation: { ...good.evaluation, binding: false } };
  expect(decideRegistration(advisory)).toMatchObject({ outcome: "refused", refusals: [{ code: "NOT_BINDING" }] });
});
