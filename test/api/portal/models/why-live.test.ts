import { expect, it } from "vitest";
import { whyLive } from "../../../../api/portal/models/why-live.ts";
import type { GateResult } from "../../../../schemas/gate.ts";
import { commitId, decision, GRACE, NOW } from "../../../registry/builders.ts";

const gate = (verdict: GateResult["verdict"]): GateResult => ({
  ...{ gate: { metric: "accuracy", "at-least": 0.9 }, origin: "spec", verdict, expected: "", found: "" },
});

it.each([
  [0, "promoted by Ada; no gate was asked"],
  [1, "promoted by Ada; its gate passed"],
  [2, "promoted by Ada; both gates passed"],
  [3, "promoted by Ada; all 3 gates passed"],
])("says what became of %d gates", (count, words) => {
  expect(whyLive(decision({ gates: Array.from({ length: count }, () => gate("pass")) }))).toBe(words);
});

it("says that not all gates passed", () => {
  expect(whyLive(decision({ gates: [gate("pass"), gate("fail")] }))).toBe("promoted by Ada; 1 of 2 gates passed");
});

it("names who approved, and what was there before", () => {
  const approvals = [{ by: GRACE, manifest: commitId(1), at: NOW }];
  expect(whyLive(decision({ approvals, replaces: 1 }))).toBe(
    "promoted by Ada in place of version 1, approved by Grace; no gate was asked",
  );
});

it("says that a rollback asks no gate", () => {
  expect(whyLive(decision({ act: "rollback" }))).toContain("brought back by Ada; it had passed its gates");
});

it("tells the end of a rollout by the decision that began it", () => {
  const began = decision({ outcome: "rolling-out", gates: [gate("pass")] });
  expect(whyLive(decision({ completes: began.id }), began)).toBe("rolled out step by step by Ada; its gate passed");
});
