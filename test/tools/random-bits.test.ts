import { expect, it } from "vitest";
import { randomBits } from "../../tools/random-bits.ts";

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
