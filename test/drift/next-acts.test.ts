import fc from "fast-check";
import { expect, test } from "vitest";
import { nextActs } from "../../core/drift/next-acts.ts";
import type { Alarm, MonitorState, MovedPins } from "../../schemas/monitoring.ts";
import type { MonitorThen } from "../../schemas/policy.ts";
import { day, snooze } from "./builders.ts";

const DRIFT = alarm({ kind: "drift", sure: false });
const RULES = alarm({ kind: "rules", sure: false });
const BAR = alarm({ kind: "bar", sure: true });
const UNSURE = alarm({ kind: "bar", sure: false });
const MOVED: MovedPins = { model: "penguins", to: "a".repeat(64), content: "{}", changes: ["one file more"] };
const ROLLBACK: MonitorThen = { bars: "rollback" };

function alarm(changes: Partial<Alarm>): Alarm {
  return {
    ...{ kind: "bar", subject: "accuracy at least 0.85", version: 3, since: day(0), windows: [day(0)], sure: true },
    words: "accuracy is 0.7",
    ...changes,
  };
}

function state(alarms: Alarm[], changes: Partial<MonitorState> = {}): MonitorState {
  return { model: "penguins", state: alarms.length > 0 ? "alarmed" : "quiet", alarms, clean: 0, ...changes };
}

const issue = (of: MonitorState, policy?: MonitorThen) =>
  nextActs(of, policy).flatMap((each) => (each.act === "issue" ? each.issue : []));
const acts = (of: MonitorState, policy?: MonitorThen, moved?: MovedPins) =>
  nextActs(of, policy, moved).map(({ act }) => act);

test.each([DRIFT, RULES, BAR, UNSURE])(
  "an alarm of $kind opens an issue, and nothing else, where no policy says more",
  (each) => {
    expect(nextActs(state([each]), undefined)).toEqual([{ act: "issue", model: "penguins", issue: "open" }]);
  },
);

test.each(["quiet", "idle"] as const)("the issue of a model that is %s is closed", (each) => {
  expect(issue(state([], { state: each }))).toEqual(["close"]);
});

test.each(["clearing", "unwatched"] as const)("a model that is %s opens no issue, and closes none", (each) => {
  expect(issue(state([], { state: each }))).toEqual(["keep"]);
});

test("a snoozed alarm opens no issue, and an open one is kept current", () => {
  expect(issue(state([BAR], { snoozed: snooze() }))).toEqual(["keep"]);
});

test("a snoozed model is neither rolled back nor trained again", () => {
  expect(acts(state([BAR], { snoozed: snooze() }), { bars: "rollback", data: "retrain" }, MOVED)).toEqual(["issue"]);
});

test("alarms that the policy turns off open no issue", () => {
  expect(issue(state([DRIFT, RULES]), { drift: "off" })).toEqual(["keep"]);
  expect(issue(state([BAR]), { bars: "off" })).toEqual(["keep"]);
  expect(issue(state([DRIFT, BAR]), { drift: "off" })).toEqual(["open"]);
});

test("a sure alarm on a bar is rolled back where the policy says so", () => {
  expect(nextActs(state([DRIFT, BAR, UNSURE]), ROLLBACK)).toContainEqual({
    act: "rollback",
    model: "penguins",
    version: 3,
    alarms: [BAR],
  });
});

test("moved data ask for a retrain pull request where the policy says so", () => {
  expect(acts(state([]), { data: "retrain" }, MOVED)).toEqual(["issue", "retrain"]);
  expect(acts(state([]), undefined, MOVED)).toEqual(["issue"]);
});

test("whatever drifts, nothing is rolled back on it", () => {
  const unsure = fc.constantFrom(DRIFT, RULES, UNSURE, { ...DRIFT, sure: true }, { ...RULES, sure: true });
  fc.assert(
    fc.property(fc.array(unsure, { maxLength: 9 }), (alarms) => {
      expect(acts(state(alarms), ROLLBACK)).not.toContain("rollback");
    }),
  );
});
