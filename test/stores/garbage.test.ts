import { expect, it } from "vitest";
import type { Stored } from "../../core/stores/blobs.ts";
import { sortStored } from "../../core/stores/garbage.ts";

const BEFORE = new Date("2026-03-02T00:00:00Z");
const OLD = new Date("2026-03-01T00:00:00Z");
const stored = (name: string, about: Partial<Stored> = {}): Stored => {
  return { name, is: [name], holds: [], size: 1, put: OLD, ...about };
};
const sorted = (all: Stored[], ...named: string[]) => {
  const { garbage, young, needed } = sortStored(all, new Set(named), BEFORE);
  const names = (each: Stored[]) => each.map(({ name }) => name);
  return { garbage: names(garbage), young: names(young), needed: names(needed) };
};

it("keeps what a record names, by any of its names", () => {
  expect(sorted([stored("a"), stored("b", { is: ["b", "c"] }), stored("d")], "a", "c")).toEqual({
    garbage: ["d"],
    young: [],
    needed: ["a", "b"],
  });
});

it("keeps what is younger than the grace, to the millisecond", () => {
  const just = new Date(BEFORE.getTime() - 1);
  expect(sorted([stored("a", { put: BEFORE }), stored("b", { put: just })])).toMatchObject({
    garbage: ["b"],
    young: ["a"],
  });
});

it("keeps one holder of bytes that a record names, if nothing that is needed holds them", () => {
  const holders = [stored("m", { holds: ["x"] }), stored("n", { holds: ["x"] })];
  expect(sorted(holders, "x")).toMatchObject({ needed: ["m"], garbage: ["n"] });
});

it("lets a folder go that shares a file with one that is needed", () => {
  const folders = [stored("old", { holds: ["x", "y"] }), stored("live", { holds: ["x"] })];
  expect(sorted(folders, "live", "x")).toMatchObject({ needed: ["live"], garbage: ["old"] });
});
