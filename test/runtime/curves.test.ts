import { expect, it } from "vitest";
import { parseCurves, thinCurves } from "../../core/runtime/curves.ts";

it("keeps points with a step and numbers, and counts every other line", () => {
  const lines = [
    '{"step":1,"loss":0.5,"accuracy":0.7}',
    "",
    "not json",
    '{"loss":0.5}',
    '{"step":1}',
    '{"step":2,"loss":"low"}',
    '{"step":2,"loss":NaN}',
    "[1,2]",
    "null",
  ];
  expect(parseCurves(lines.join("\n"))).toEqual({ points: [{ step: 1, loss: 0.5, accuracy: 0.7 }], bad: 7 });
});

it("stops at 100,000 points, and counts the rest", () => {
  const { points, bad } = parseCurves('{"step":1,"loss":1}\n'.repeat(100_003));
  expect([points.length, bad]).toEqual([100_000, 3]);
});

it("thins evenly, and keeps the first point and the last", () => {
  const points = Array.from({ length: 1_001 }, (_, step) => ({ step, loss: 1 / (step + 1) }));
  const thinned = thinCurves(points, 11);
  expect(thinned.map(({ step }) => step)).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000]);
  expect(thinCurves(thinned, 500)).toEqual(thinned);
});
