import { expect, it } from "vitest";
import { decideRetrain, type RetrainStanding, type RetrainWish } from "../../core/drift/decide-retrain.ts";

const DAY = 86_400_000;
const NOON = "2026-11-29T12:00:00.000Z";
const [OLD, NEW] = ["a".repeat(64), "b".repeat(64)];
const before = (days: number) => new Date(Date.parse(NOON) - days * DAY).toISOString();

function decide(standing: Partial<RetrainStanding>, wish: Partial<RetrainWish> = {}) {
  return decideRetrain(
    { branch: { is: "none" }, pinnedAt: before(30), ...standing },
    { pins: NEW, at: NOON, delay: 2 * DAY, asked: false, ...wish },
  );
}
const branch = (is: "begun" | "own" | "edited", pins: string | undefined, days = 1) => ({ is, pins, at: before(days) });

it("opens one where there is none", () => {
  expect(decide({})).toEqual({ step: "open" });
});

it("keeps the one that has these pins", () => {
  expect(decide({ branch: branch("own", NEW) })).toEqual({ step: "keep" });
});

it("brings newer pins to an open one once labels had their time", () => {
  expect(decide({ branch: branch("own", OLD, 3) })).toEqual({ step: "update" });
});

it("waits with newer pins until labels had their time", () => {
  expect(decide({ branch: branch("own", OLD, 1) })).toEqual({ step: "wait", until: before(-1) });
});

it("waits after the default branch was pinned anew", () => {
  expect(decide({ pinnedAt: before(1) })).toEqual({ step: "wait", until: before(-1) });
});

it("waits for nobody whom a person asks to", () => {
  expect(decide({ pinnedAt: before(1) }, { asked: true })).toEqual({ step: "open" });
});

it("takes a moment in the future for a clock that jumped", () => {
  expect(decide({ pinnedAt: before(-400) })).toEqual({ step: "open" });
});

it("leaves a branch that somebody works on, also if a person asks", () => {
  expect(decide({ branch: branch("edited", NEW) }, { asked: true })).toEqual({ step: "leave", why: "edited" });
});

it("does not open again what was closed", () => {
  const pull = { state: "closed" as const, pins: NEW, closedAt: before(9) };
  expect(decide({ pull })).toEqual({ step: "leave", why: "declined" });
});

it("opens again what was closed if a person asks", () => {
  const pull = { state: "closed" as const, pins: NEW, closedAt: before(9) };
  expect(decide({ pull }, { asked: true })).toEqual({ step: "open" });
});

it("opens other pins than those that were closed, once labels had their time", () => {
  const pull = { state: "closed" as const, pins: OLD };
  expect(decide({ pull: { ...pull, closedAt: before(1) } })).toEqual({ step: "wait", until: before(-1) });
  expect(decide({ pull: { ...pull, closedAt: before(3) } })).toEqual({ step: "open" });
});

it("ends what was begun, whenever that was", () => {
  expect(decide({ branch: branch("begun", undefined, 0) })).toEqual({ step: "update" });
});
