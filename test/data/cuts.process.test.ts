import * as fc from "fast-check";
import { beforeEach, expect, it, onTestFinished } from "vitest";
import { countsByCuts, double, readCounts } from "../../core/data/count-by-cuts.ts";
import { Database } from "../../core/data/database.ts";
import { profileRows } from "../../core/data/profile.ts";
import type { DataProfile } from "../../schemas/data-record.ts";
import { temporaryFolder } from "./setting.ts";

let db: Database;

beforeEach(async () => {
  db = await Database.open({ folder: await temporaryFolder(), read: [], write: [] });
  onTestFinished(() => db.close());
});

const columns = [{ name: "x", type: "double" as const, value: "x", missing: "x IS NULL", declared: undefined }];

async function profileOf(select: string): Promise<DataProfile["columns"][string]> {
  await db.run(`CREATE OR REPLACE TABLE rows AS ${select}`);
  const count = await db.count("SELECT count(*) FROM rows");
  const { columns: found } = await profileRows(db, { stored: "rows", count, columns }, {});
  return found["x"] as DataProfile["columns"][string];
}

const ofValues = (values: readonly number[]) =>
  profileOf(`SELECT row_number() OVER () AS n, x FROM (SELECT unnest([${values.map(double).join(", ")}]) AS x)`);

const numbers = fc.array(
  fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e100, max: 1e100 }),
    fc.integer({ min: 0, max: 5 }),
  ),
  { minLength: 1, maxLength: 300 },
);

it("cuts at the values that DuckDB's exact quantiles are", async () => {
  await fc.assert(
    fc.asyncProperty(numbers, async (values) => {
      const { cuts, quantiles } = await ofValues(values);
      const parts = Array.from({ length: 63 }, (_, at) => (at + 1) / 64).join(", ");
      const exact = await db.rows(`SELECT DISTINCT unnest(quantile_disc(x, [${parts}])) AS cut FROM rows ORDER BY 1`);
      expect(cuts?.map((cut) => cut + 0)).toEqual(exact.map(({ cut }) => Number(cut) + 0));
      const [median] = await db.rows("SELECT quantile_cont(x, 0.5) AS median FROM rows");
      const middle = Number(median?.["median"]);
      const rounding = 1e-12 * Math.max(...values.map(Math.abs)) + 1e-300;
      expect(Math.abs((quantiles?.[5] ?? Number.NaN) - middle)).toBeLessThanOrEqual(rounding);
    }),
    { numRuns: 60 },
  );
});

it("counts the values above the cut before and up to this one", async () => {
  await fc.assert(
    fc.asyncProperty(numbers, async (values) => {
      const { cuts = [], counts } = await ofValues(values);
      const ends = [...cuts, Number.POSITIVE_INFINITY];
      const expected = ends.map((end, at) => {
        const from = at === 0 ? Number.NEGATIVE_INFINITY : (ends[at - 1] as number);
        return values.filter((value) => value > from && value <= end).length;
      });
      expect(counts).toEqual(expected);
    }),
    { numRuns: 60 },
  );
});

it("puts every number back on its own side of a cut that it is equal to", async () => {
  await fc.assert(
    fc.asyncProperty(fc.double({ noNaN: true, noDefaultInfinity: true }), async (value) => {
      const [row] = await db.rows(`SELECT ${countsByCuts("x", [value])} AS counts FROM (SELECT ${double(value)} AS x)`);
      expect(readCounts(row?.["counts"], [value])).toEqual([1, 0]);
    }),
    { numRuns: 200 },
  );
});

it("counts all rows beyond a million, with cuts from every k-th", async () => {
  const rows = 2_000_000;
  const { cuts, counts, quantiles } = await profileOf(`SELECT range + 1 AS n, range::DOUBLE AS x FROM range(${rows})`);
  expect(counts?.reduce((sum, count) => sum + count, 0)).toBe(rows);
  expect(cuts?.[31]).toBeCloseTo(rows / 2, -2);
  expect(quantiles?.[10]).toBe(rows - 1);
  expect(await profileOf("SELECT * FROM rows")).toEqual(await profileOf("SELECT * FROM rows"));
});
