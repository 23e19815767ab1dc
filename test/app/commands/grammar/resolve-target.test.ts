import { expect, it } from "vitest";
import {
  resolveModel,
  resolveStage,
  resolveVersion,
  type ThreadState,
} from "../../../../app/commands/grammar/resolve-target.ts";
import { SlipwayError } from "../../../../core/errors.ts";

const KNOWN = { models: new Set(["late", "penguins"]), stages: new Set(["production"]) };
const ISSUE: ThreadState = { kind: "issue", number: 3 };

function pull(
  state: "open" | "closed" | "merged",
  models: Extract<ThreadState, { kind: "pull" }>["models"],
): ThreadState {
  return { kind: "pull", number: 7, state, head: "a".repeat(40), mergeCommit: undefined, models };
}

/** The refusal: its code, its words and its hint. */
function refusal(act: () => unknown): string {
  try {
    return `not refused: ${JSON.stringify(act())}`;
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error;
    return `${error.code}: ${error.message} ${error.problems[0]?.hint ?? ""}`;
  }
}

it.each<[string, { model?: string; version?: number }, ThreadState, { model: string; version: number | "latest" }]>([
  ["a version that is named, anywhere", { model: "late", version: 3 }, ISSUE, { model: "late", version: 3 }],
  ["a model that is named on an issue", { model: "late" }, ISSUE, { model: "late", version: "latest" }],
  [
    "the only model of a merged pull request",
    {},
    pull("merged", [{ model: "late", version: 4 }]),
    { model: "late", version: 4 },
  ],
  [
    "one of several, by name",
    { model: "late" },
    pull("merged", [
      { model: "late", version: 4 },
      { model: "penguins", version: 9 },
    ]),
    { model: "late", version: 4 },
  ],
  [
    "another version than the pull request's, by number",
    { model: "late", version: 1 },
    pull("open", [{ model: "late" }]),
    { model: "late", version: 1 },
  ],
])("takes %s", (_, named, place, meant) => {
  expect(resolveVersion(named, place, KNOWN)).toEqual(meant);
});

it.each<[string, { model?: string; version?: number }, ThreadState, RegExp]>([
  ["an issue without a model", {}, ISSUE, /^USAGE: This is no pull request.*`late`, `penguins`/],
  [
    "a model that is not there",
    { model: "pengiuns" },
    ISSUE,
    /^MODEL_UNKNOWN: There is no model `pengiuns`. Did you mean penguins\?/,
  ],
  ["a pull request of no model", {}, pull("merged", []), /^USAGE: This pull request changes no model/],
  [
    "a pull request of two models",
    {},
    pull("merged", [{ model: "penguins" }, { model: "late" }]),
    /^USAGE: This pull request changes 2 models: say which. Models: `late`, `penguins`/,
  ],
  ["an open pull request", {}, pull("open", [{ model: "late" }]), /^NOT_REGISTERED: .*merge it first/],
  ["a closed pull request", {}, pull("closed", [{ model: "late" }]), /^NOT_REGISTERED: .*closed without being merged/],
  [
    "a merge that is not registered yet",
    {},
    pull("merged", [{ model: "late" }]),
    /^NOT_REGISTERED: .*is not registered yet/,
  ],
  [
    "a merge that was not registered",
    {},
    pull("merged", [{ model: "late", why: "accuracy: expected at least 0.8, found 0.7" }]),
    /^NOT_REGISTERED: .*was not registered: accuracy: expected at least 0\.8/,
  ],
  [
    "a model that the pull request leaves alone",
    { model: "penguins" },
    pull("merged", [{ model: "late", version: 4 }]),
    /^NOT_REGISTERED: This pull request does not change `penguins`.*`penguins@1`/,
  ],
])("refuses %s, with what to do", (_, named, place, words) => {
  expect(refusal(() => resolveVersion(named, place, KNOWN))).toMatch(words);
});

it("takes model and stage from the issue of a model's alarms, and what is named before that", () => {
  const alarms: ThreadState = { kind: "monitoring", number: 4, model: "late", stage: "production" };
  expect([resolveModel(undefined, alarms, KNOWN), resolveStage(undefined, alarms, KNOWN)]).toEqual([
    "late",
    "production",
  ]);
  expect(resolveModel("penguins", alarms, KNOWN)).toBe("penguins");
  expect(resolveVersion({}, alarms, KNOWN)).toEqual({ model: "late", version: "latest" });
});

it("refuses a stage that is missing elsewhere, with the stages", () => {
  expect(refusal(() => resolveStage(undefined, ISSUE, KNOWN))).toBe(
    "USAGE: The stage is missing. The stages are production.",
  );
});

it("shows ten of many models", () => {
  const models = new Set(Array.from({ length: 12 }, (_, at) => `m${at + 10}`));
  expect(refusal(() => resolveModel(undefined, ISSUE, { ...KNOWN, models }))).toMatch(/`m19` and 2 more\.$/);
});
