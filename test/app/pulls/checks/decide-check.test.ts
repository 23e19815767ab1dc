import { expect, it } from "vitest";
import { annotationsOf } from "../../../../app/pulls/checks/annotations.ts";
import { RETRY_BUTTON } from "../../../../app/pulls/checks/check.ts";
import { decideCheck, decideTargetCheck } from "../../../../app/pulls/checks/decide-check.ts";
import { decideMergedCheck } from "../../../../app/pulls/checks/decide-merged-check.ts";
import type { MergedModel } from "../../../../app/pulls/state/state.ts";
import { manifest } from "../../../registry/builders.ts";
import { runResult } from "../../../report/run-result.ts";
import { judged, planned, pullState } from "../states.ts";

const open = {
  code: "GATE_INCONCLUSIVE",
  message: "accuracy: expected at least 0.9, found none",
  hint: "Run `/retry`.",
};
const stopped = judged("penguins", { blockers: { register: [], target: [open] } });

const record = {
  ...{
    slipway: 1 as const,
    name: "penguins",
    tags: {},
    aliases: {},
    stages: {},
    latest_version: 1,
    created_at: "",
    updated_at: "",
  },
};
const made: Extract<MergedModel, { kind: "registered" }> = {
  model: "penguins",
  kind: "registered" as const,
  manifest: manifest(),
  record,
  deployments: new Map(),
  requests: [],
  failing: [],
  uncompared: [],
  restorable: false,
  refused: undefined,
};
const merged = (...models: MergedModel[]) => ({ ...pullState([judged()]), merged: models });

it("passes the first check and fails the second where only production's gates are open", () => {
  expect(decideCheck(pullState([stopped])).state).toBe("success");
  const check = decideTargetCheck(pullState([stopped]));
  expect(check).toMatchObject({ state: "failure", title: "penguins would not be promoted to production" });
  expect(check.summary).toContain("Run `/retry`. `GATE_INCONCLUSIVE`");
  expect(check.buttons).toEqual([RETRY_BUTTON]);
});

it("says how many approvals will be needed, and needs none for itself", () => {
  const state = pullState([judged()]);
  const approvals = { ...state, rules: { ...state.rules, approvals: { production: 2 } } };
  expect(decideTargetCheck(approvals)).toMatchObject({
    state: "success",
    title: "penguins would be promoted to production, after 2 approvals",
  });
});

it("names the preview, by whose rows it answers", () => {
  const { evaluation } = runResult();
  const preview = judged("penguins", {}, evaluation ? { evaluation: { ...evaluation, part: "preview" } } : {});
  expect(decideCheck(pullState([preview])).title).toBe("penguins would be registered, by the preview's rows");
});

it("fails while a model still waits where its merge could register nothing", () => {
  const refusal = { code: "STORE_NOT_ALLOWED", message: "This App may not use it." };
  const waiting = { model: "late", planned: planned("late"), obstacles: [refusal], kind: "waiting" as const };
  expect(decideCheck(pullState([waiting]))).toMatchObject({ state: "failure", title: "late would not be registered" });
  expect(decideTargetCheck(pullState([waiting]))).toMatchObject({ state: "queued" });
});

it("waits as long as one model waits, and fails as soon as one cannot go on", () => {
  const waiting = { model: "late", planned: planned("late"), obstacles: [], kind: "waiting" as const };
  expect(decideCheck(pullState([judged(), waiting]))).toMatchObject({ state: "queued" });
  expect(decideTargetCheck(pullState([stopped, waiting]))).toMatchObject({
    state: "failure",
    title: "penguins would not be promoted to production",
  });
  const three = [stopped, judged("b", { blockers: { register: [open], target: [open] } }), judged("c")];
  expect(decideTargetCheck(pullState(three)).title).toBe("2 of 3 models would not be promoted to production");
});

it("annotates each problem where it stands, 200 at most, with what was expected and what to do", () => {
  const problem = {
    code: "SPEC_INVALID",
    message: "wrong",
    expected: "x",
    found: "y",
    file: "m.yaml",
    line: 3,
    column: 5,
    hint: "mend",
  };
  const annotations = annotationsOf(Array.from({ length: 500 }, () => problem));
  expect(annotations).toHaveLength(200);
  expect(annotations[0]).toEqual({
    ...{ path: "m.yaml", start_line: 3, end_line: 3, start_column: 5, end_column: 5, annotation_level: "failure" },
    ...{ title: "SPEC_INVALID", message: "wrong\nExpected: x\nFound: y\nmend" },
  });
  expect(annotationsOf([{ code: "A", message: "of no file" }])).toEqual([]);
});

it("offers the button that a person would press next, once one model is merged", () => {
  expect(decideMergedCheck(merged(made))).toMatchObject({ state: "success", buttons: [{ identifier: "promote" }] });
  const live = { ...record, stages: { production: { version: 1, assignment: 1, decision: "d", at: "" } } };
  expect(decideMergedCheck(merged({ ...made, record: live }))).toMatchObject({
    title: "penguins version 1 is in production",
    buttons: [],
  });
  expect(decideMergedCheck(merged(made, made))).toBeUndefined();
});

it("has buttons that GitHub takes", () => {
  const check = decideMergedCheck(merged(made));
  const buttons = [RETRY_BUTTON, ...(check?.buttons ?? [])];
  for (const { label, description, identifier } of buttons) {
    expect(label.length).toBeLessThanOrEqual(20);
    expect(description.length).toBeLessThanOrEqual(40);
    expect(identifier.length).toBeLessThanOrEqual(20);
  }
});

it("fails where what is live now was not compared with, and offers the button that has it done", () => {
  const uncompared = [{ code: "GATE_INCONCLUSIVE", message: "auc: found no comparison with version 1" }];
  expect(decideMergedCheck(merged({ ...made, uncompared }))).toMatchObject({
    ...{ state: "failure", title: "penguins version 1 is not compared with what is in production now" },
    buttons: [{ identifier: "promote" }],
  });
});

it("fails where the version's own numbers certainly miss a gate of production, and offers no button then", () => {
  const failing = [{ code: "GATE_FAILED", message: "auc: expected at least 0.9, found 0.5" }];
  expect(decideMergedCheck(merged({ ...made, failing }))).toMatchObject({
    ...{ state: "failure", title: "penguins version 1 would not be promoted to production", buttons: [] },
  });
});
