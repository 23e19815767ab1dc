import { expect, it } from "vitest";
import { normalProbability, normalQuantile, studentQuantile } from "../../core/metrics/quantiles.ts";
import { randomBits } from "../../core/metrics/random.ts";
import { blockLength, resamplerOf } from "../../core/metrics/resample.ts";

it("draws the same bits from the same seed on every machine", () => {
  const bits = randomBits(42);
  expect([bits(), bits(), bits()]).toEqual([2837322924, 544945897, 479756282]);
});

it("draws every value of 16 equally often", () => {
  const bits = randomBits(1);
  const counts = new Float64Array(16);
  for (let i = 0; i < 160_000; i++) counts[bits() >>> 28] = (counts[bits() >>> 28] as number) + 1;
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(450);
});

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

it("draws whole groups, as many as there are", () => {
  const resampler = resamplerOf({ ids: ["1", "2", "3", "4"], groups: ["a", "a", "a", "b"] });
  resampler.start(1);
  for (let i = 0; i < 20; i++) {
    const { counts, total } = resampler.next();
    expect(counts[0]).toBe(counts[1]);
    expect((counts[0] as number) + (counts[3] as number)).toBe(2);
    expect(total).toBe(counts.reduce((sum, count) => sum + count, 0));
  }
});

it("draws blocks of rows that follow each other in time, as many rows as there are", () => {
  const n = 64;
  const resampler = resamplerOf({
    ids: Array.from({ length: n }, String),
    times: Float64Array.from({ length: n }, (_none, i) => -i),
  });
  expect(blockLength(n)).toBe(8);
  resampler.start(1);
  for (let i = 0; i < 20; i++) {
    const { counts } = resampler.next();
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(n);
    const edges = counts.reduce((sum, count, row) => sum + Number(count !== counts[(row + 1) % n]), 0);
    expect(edges).toBeLessThanOrEqual(2 * resampler.units);
  }
});
