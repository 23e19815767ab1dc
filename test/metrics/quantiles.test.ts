import { expect, it } from "vitest";
import { normalProbability, normalQuantile, studentQuantile } from "../../core/metrics/quantiles.ts";

// Student's t: the tables in any textbook.
it.each([
  [0.975, 1, 12.7062],
  [0.975, 2, 4.30265],
  [0.975, 5, 2.57058],
  [0.995, 10, 3.16927],
  [0.95, 29, 1.69913],
  [0.975, 100_000, 1.95999],
])("knows Student's t: %d with %d degrees is %d", (p, degrees, expected) => {
  expect(studentQuantile(p, degrees)).toBeCloseTo(expected, 4);
});

it("inverts the normal distribution", () => {
  for (const p of [0.001, 0.02, 0.3, 0.5, 0.975]) expect(normalProbability(normalQuantile(p))).toBeCloseTo(p, 6);
});
