import { expect, it } from "vitest";
import { isBeyondChance } from "../../core/drift/beyond-chance.ts";

it.each([
  [5, 0, true],
  [4, 0, false],
  [7, 1, true],
  [6, 1, false],
  [15, 5, true],
  [14, 5, false],
  [12, 10, true],
])("says of %d rows where %d are expected: %s", (found, expected, beyond) => {
  expect(isBeyondChance(found, expected)).toBe(beyond);
});

it("is under one in three thousand by chance alone, wherever few rows are expected", () => {
  const most = Math.max(...Array.from({ length: 100 }, (_, at) => chanceOf(at / 10)));
  expect(most).toBeLessThan(1 / 3_000);
});

/** How often a Poisson number with this mean is beyond chance. */
function chanceOf(mean: number): number {
  let [term, below] = [Math.exp(-mean), 0];
  for (let count = 0; count < 100; count++) {
    if (!isBeyondChance(count, mean)) below += term;
    term *= mean / (count + 1);
  }
  return 1 - below;
}
