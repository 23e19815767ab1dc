import { expect, it } from "vitest";
import { calibrationCurves, precisionRecallCurves, residuals, rocCurves } from "../../core/metrics/curves.ts";
import { randomNumbers } from "../../tools/coverage/random-numbers.ts";
import { estimated, probable, ranked } from "./rows.ts";

const four = ranked([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]);

it("draws the ROC curve through every distinct score", () => {
  expect(rocCurves(four, 100)).toEqual([{ class: "1", x: [0, 0, 0.5, 0.5, 1], y: [0, 0.5, 0.5, 1, 1] }]);
});

it("draws precision over recall, from recall 0 upwards", () => {
  expect(precisionRecallCurves(four, 100)).toEqual([
    { class: "1", x: [0, 0.5, 0.5, 1, 1], y: [1, 1, 0.5, 2 / 3, 0.5] },
  ]);
});

it("draws a curve for each of three classes, and none for a class without rows", () => {
  const scored = probable(
    ["a", "b"],
    ["a", "b", "c"],
    [
      [0.8, 0.1, 0.1],
      [0.1, 0.8, 0.1],
    ],
  );
  expect(rocCurves(scored, 100).map((curve) => curve.class)).toEqual(["a", "b"]);
});

it("thins a long curve and keeps its ends", () => {
  const random = randomNumbers(2);
  const scores = random.many(5_000, random.uniform);
  const [curve] = rocCurves(
    ranked(
      scores.map((score) => Number(random.chance(score))),
      scores,
    ),
    50,
  );
  expect(curve?.x).toHaveLength(50);
  expect([curve?.x[0], curve?.y[0], curve?.x.at(-1), curve?.y.at(-1)]).toEqual([0, 0, 1, 1]);
});

it("puts probabilities into bins, and leaves empty ones out", () => {
  const rows = [0.05, 0.15, 0.85, 0.95].map((p) => [1 - p, p]);
  const [curve] = calibrationCurves(probable([0, 1, 1, 1], [0, 1], rows), 5);
  expect(curve?.x.map((value) => Number(value.toFixed(9)))).toEqual([0.1, 0.9]);
  expect(curve?.y).toEqual([0.5, 1]);
});

it("has no calibration for scores that are not probabilities", () => {
  expect(() => calibrationCurves(four, 5)).toThrow(/no probabilities/);
});

it("gives residuals in order of the prediction, thinned", () => {
  const found = residuals(estimated([1, 2, 3, 4], [4, 3, 2, 1]), 2);
  expect(found).toEqual({ truth: [4, 1], predicted: [1, 4], residual: [3, -3] });
});
