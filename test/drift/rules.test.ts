import { expect, it } from "vitest";
import { isBroken } from "../../core/drift/rules.ts";

it.each([
  ["five rows of four hundred", { count: 5, rows: 400 }, true],
  ["four rows, however large their share", { count: 4, rows: 10 }, false],
  ["less than one row in a hundred", { count: 9, rows: 1_000 }, false],
  ["no rows at all", { count: 0, rows: 0 }, false],
  ["as many nulls as are allowed, give or take", { count: 60, rows: 1_000, allowed: 0.05 }, false],
  ["surely more nulls than are allowed", { count: 90, rows: 1_000, allowed: 0.05 }, true],
  ["a few more nulls than are allowed, of few rows", { count: 6, rows: 60, allowed: 0.05 }, false],
  ["nulls where all rows may be", { count: 60, rows: 60, allowed: 1 }, false],
])("%s: broken is %o", (_, rule, broken) => {
  expect(isBroken(rule)).toBe(broken);
});
