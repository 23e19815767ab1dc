import type { TestPart } from "../../schemas/data-record.ts";
import type { ModelSpec } from "../../schemas/model-spec.ts";
import type { RowSketch } from "../../schemas/row-sketch.ts";
import { SlipwayError } from "../errors.ts";
import { sumCells } from "./cell-sums.ts";
import { cellText } from "./cell-text.ts";
import type { Database } from "./database.ts";
import { hashShare } from "./hash-share.ts";
import { sketchRows } from "./row-sketch.ts";
import { columnNamed, type Rows } from "./rows.ts";

/** Which part, and the columns that say what rows belong together. */
type AskedPart = TestPart & { by: Pick<ModelSpec["data"], "group" | "id" | "label"> };

export interface TestRequest {
  /** Absent: all rows. */
  part?: AskedPart | undefined;
  /** For a sketch of all rows; without one none is made. */
  sketchKey?: string | undefined;
}

export interface TakenTest {
  rows: Rows;
  sketch?: RowSketch;
  /** Which part the rows are, and the column that tells; null for their content. */
  preview?: TestPart & { by: string | null };
}

/** Sketches the test rows, and keeps the part of them that was asked for. Rejects with PREVIEW_EMPTY as keepPart does. */
export async function takeTest(
  db: Database,
  rows: Rows,
  spec: ModelSpec,
  { part, sketchKey: key, withheld }: TestRequest & { withheld: boolean },
): Promise<TakenTest> {
  const sketch = key === undefined ? {} : { sketch: await sketchRows(db, rows, spec, { key, withheld }) };
  return { rows, ...sketch, ...(part ? await keepPart(db, rows, part) : {}) };
}

/**
 * Keeps one part of a set's rows alone: the preview, or the rest. A row's part follows from a hash of its group, without one
 * of its id, without that of its content but for the label, so that it is the same in every run, whatever a spec calls or
 * declares the columns. Rejects with PREVIEW_EMPTY where one of the two parts has no rows.
 */
async function keepPart(
  db: Database,
  rows: Rows,
  { of, share, by }: AskedPart,
): Promise<Pick<Required<TakenTest>, "rows" | "preview">> {
  const column = columnNamed(rows, by.group) ?? columnNamed(rows, by.id);
  const label = typeof by.label === "object" ? by.label.column : by.label;
  let [from, key] = ["", column ? `coalesce(${cellText(column, [])}, '')` : ""];
  if (!column) {
    await sumCells(db, rows, "content", { label });
    [from, key] = ["content", "features"];
  }
  const test = hashShare("preview:", key, share);
  const preview = from ? `n IN (SELECT n FROM ${from} WHERE ${test})` : test;
  const counts = await db.row(
    `SELECT count(*) FILTER (${preview}) AS preview, count(*) FILTER (NOT (${preview})) AS rest FROM ${rows.stored}`,
  );
  const [seen, left] = [Number(counts["preview"]), Number(counts["rest"])];
  if (seen === 0 || left === 0)
    throw new SlipwayError(
      "PREVIEW_EMPTY",
      `The preview leaves no test rows to ${seen === 0 ? "look at" : "decide on"}`,
      {
        expected: `a share of ${share} of the test rows, and the rest of them`,
        found: `${seen} and ${left} of ${rows.count} rows${column ? `, told apart by ${column.name}` : ""}`,
        hint: "Give more test rows, or another `preview` in slipway.yaml of the default branch.",
      },
    );
  await db.run(`DELETE FROM ${rows.stored} WHERE ${of === "preview" ? `NOT (${preview})` : preview}`);
  if (from) await db.run(`DROP TABLE ${from}`);
  const count = of === "preview" ? seen : left;
  return { rows: { ...rows, count }, preview: { of, share, by: column?.name ?? null } };
}
