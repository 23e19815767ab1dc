import { expect, it } from "vitest";
import { Curve } from "../../core/tracking/curve.ts";

it("keeps every point of a short curve, and says its last, least and greatest value", () => {
  const curve = new Curve();
  for (const [step, value] of [3, 1, 2].entries()) curve.add([step, value, 0]);
  expect(curve.metric("loss", 500)).toEqual({
    ...{ name: "loss", count: 3, last: [2, 2, 0], least: 1, most: 3 },
    points: [
      [0, 3, 0],
      [1, 1, 0],
      [2, 2, 0],
    ],
  });
});

it("thins a curve of a million points, evenly, and keeps the first and the last", () => {
  const curve = new Curve();
  for (let step = 0; step < 1_000_000; step++) curve.add([step, step, 0]);
  const { points = [], count, most } = curve.metric("loss", 500) ?? {};
  expect([points.length, count, most]).toEqual([500, 1_000_000, 999_999]);
  expect([points[0], points.at(-1)]).toEqual([
    [0, 0, 0],
    [999_999, 999_999, 0],
  ]);
  const gaps = points.slice(1, -1).map(([step], at) => step - (points[at]?.[0] ?? 0));
  expect(Math.max(...gaps)).toBeLessThanOrEqual(2 * Math.min(...gaps));
});

it.each([
  [1.5, 1],
  [1, Number.NaN],
  [1, Number.POSITIVE_INFINITY],
  [2 ** 60, 1],
])("takes no point at step %d with the value %d", (step, value) => {
  const curve = new Curve();
  expect(curve.add([step, value, 0])).toBe(false);
  expect(curve.metric("loss", 500)).toBeUndefined();
});
