import { expect, it } from "vitest";
import { decideRollback } from "../../core/promotion/decide-rollback.ts";
import { Decision } from "../../schemas/decision.ts";
import { History, rollback } from "./records.ts";

function promoted(...versions: number[]): History {
  const history = new History();
  for (const version of versions) history.promote(version);
  return history;
}

it("brings back what was live before, as a new record with the next assignment", () => {
  const history = promoted(1, 2);
  history.rollback();
  const [first, , rollback] = history.decisions;
  expect(history.live()).toBe(1);
  expect(rollback).toMatchObject({
    act: "rollback",
    version: 1,
    manifest: first?.manifest,
    artifact_sha256: first?.artifact_sha256,
    replaces: 2,
    restores: first?.id,
    assignment: 3,
    gates: [],
  });
});

it("keeps the decision in the schema's shape", () => {
  const history = promoted(1, 2);
  history.rollback({ reason: "latency" });
  expect(Decision.parse(history.decisions[2])).toEqual(history.decisions[2]);
});

it("goes two steps back when it is done twice, not back and forth", () => {
  const history = promoted(1, 2, 3);
  history.rollback();
  history.rollback();
  expect(history.live()).toBe(1);
});

it("goes back to what was live before a promotion that followed a rollback", () => {
  const history = promoted(1, 2);
  history.rollback();
  history.promote(3);
  history.rollback();
  expect(history.live()).toBe(1);
});

it("tags the stage strictly later in time, so that GTO reads the earlier version as the present one", () => {
  const history = promoted(1, 2);
  history.rollback();
  const times = history.decisions.map(({ tagged_at }) => tagged_at);
  expect(times).toEqual([...new Set(times)].sort());
});

it("goes back to a version that is named, past those in between", () => {
  const history = promoted(1, 2, 3);
  history.rollback({ to: 1 });
  expect(history.live()).toBe(1);
  expect(history.rollback()).toMatchObject({ outcome: "refused" });
});

it("brings back a version that was rolled back by mistake", () => {
  const history = promoted(1, 2, 3);
  history.rollback();
  history.rollback({ to: 3 });
  expect(history.live()).toBe(3);
  history.rollback();
  expect(history.live()).toBe(2);
});

it("changes nothing where the named version is in the stage already", () => {
  expect(promoted(1, 2).rollback({ to: 2 })).toEqual({ outcome: "unchanged" });
});

it.each([
  ["nothing was ever promoted", new History(), undefined, "Nothing was ever promoted to production."],
  ["one version alone was there", promoted(1), undefined, "Version 1 was the first in production."],
  ["the named version was never there", promoted(1, 2), 7, "Version 7 was never in production."],
])("is refused where %s, with the reason", (_, history, to, message) => {
  expect(history.rollback({ to })).toMatchObject({
    outcome: "refused",
    refusals: [{ code: "NOTHING_TO_ROLL_BACK", message }],
  });
});

it("does not take a version from another stage, or from a refusal", () => {
  const history = new History();
  history.promote(5, { stage: "staging" });
  history.promote(1);
  history.promote(6, { gates: [{ gate: { metric: "accuracy", "at-least": 1 }, origin: "policy" }] });
  history.promote(2);
  expect(history.rollback({ to: 5 }).outcome).toBe("refused");
  expect(history.rollback({ to: 6 }).outcome).toBe("refused");
});

it("says that the registry is damaged where a named decision is not there", () => {
  const history = promoted(1, 2);
  expect(() => history.rollback({ decisions: history.decisions.slice(1) })).toThrow(
    expect.objectContaining({ code: "REGISTRY_CORRUPT" }),
  );
});

it("brings back no version whose artifact is missing, and says in the record what it saw of one that is there", () => {
  const history = new History();
  history.promote(1);
  history.promote(2);
  const about = { record: history.record, decisions: history.decisions };
  expect(decideRollback(rollback({ ...about, artifactCheck: { outcome: "missing" } }))).toMatchObject({
    outcome: "refused",
    refusals: [{ code: "ARTIFACT_NOT_STORED" }],
  });
  expect(decideRollback(rollback(about))).toMatchObject({ decision: { artifact_check: { outcome: "present" } } });
});
