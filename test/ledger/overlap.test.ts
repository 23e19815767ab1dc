import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { sharedRows } from "../../core/ledger/overlap.ts";
import { RowSketch, SKETCH_SIZE } from "../../schemas/row-sketch.ts";

const KEY = "0".repeat(32);

/** The sketch of rows that are numbers, as a set of them would have it. */
function sketchOf(rows: readonly number[], key = KEY): RowSketch {
  const hashes = rows.map((row) => createHash("sha256").update(`${row}`).digest("hex").slice(0, 16)).sort();
  const lowest = Buffer.from(hashes.slice(0, SKETCH_SIZE).join(""), "hex").toString("base64");
  return RowSketch.parse({ key, rows: rows.length, features: [lowest] });
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

describe("the rows that two sets share", () => {
  it("are counted where both sets are small", () => {
    expect(sharedRows(sketchOf(range(0, 500)), sketchOf(range(450, 1_450)))).toEqual({ share: 0.1, ofOther: 0.05 });
  });

  it.each([
    [2_000, 0.1],
    [20_000, 0.1],
    [20_000, 0.5],
    [50_000, 0.03],
  ])("are estimated of %i rows, a share of %f of them old", (rows, share) => {
    const found = sharedRows(sketchOf(range(0, rows)), sketchOf(range(Math.round(rows * (1 - share)), 2 * rows)));
    expect(Math.abs(found.share - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / (SKETCH_SIZE / 2)));
  });

  it("are all of a part of a larger set", () => {
    expect(sharedRows(sketchOf(range(0, 2_000)), sketchOf(range(0, 50_000))).share).toBe(1);
  });

  it("are none of other rows, however many", () => {
    expect(sharedRows(sketchOf(range(0, 30_000)), sketchOf(range(30_000, 90_000)))).toEqual({ share: 0, ofOther: 0 });
  });

  it("are none where the keys differ: such hashes say nothing of each other", () => {
    expect(sharedRows(sketchOf([1]), sketchOf([1], "1".repeat(32)))).toEqual({ share: 0, ofOther: 0 });
  });

  it("are the same from either side", () => {
    const [a, b] = [sketchOf(range(0, 3_000)), sketchOf(range(1_000, 9_000))];
    expect(sharedRows(a, b)).toEqual({ share: sharedRows(b, a).ofOther, ofOther: sharedRows(b, a).share });
  });
});
