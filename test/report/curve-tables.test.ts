import { expect, it } from "vitest";
import { curveTable, residualTable } from "../../core/report/charts/curve-tables.ts";

const NAMES = { x: "Recall", y: "Precision" };

it("has some points of a curve, its ends among them", () => {
  const x = Array.from({ length: 200 }, (_, at) => at / 199);
  const { rows } = curveTable([{ name: "yes", x, y: x.map((each) => 1 - each) }], NAMES);
  expect(rows).toHaveLength(11);
  expect(rows[0]).toEqual(["yes", "0", "1"]);
  expect(rows.at(-1)).toEqual(["yes", "1", "0"]);
});

it("has one row of a curve of one point, and none of an empty one", () => {
  expect(curveTable([{ name: "a", x: [0.5], y: [0.25] }], NAMES).rows).toEqual([["a", "0.5", "0.25"]]);
  expect(curveTable([{ name: "a", x: [], y: [] }], NAMES).rows).toEqual([]);
});

it("says by how much tenths of the rows are off", () => {
  const residual = Array.from({ length: 101 }, (_, at) => at - 50);
  const { rows } = residualTable({ residual });
  expect(rows[0]).toEqual(["0 %", "-50"]);
  expect(rows[5]).toEqual(["50 %", "0"]);
  expect(rows.at(-1)).toEqual(["100 %", "50"]);
});
