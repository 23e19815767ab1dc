import type { ModelSpec } from "../../schemas/model-spec.ts";
import { HASH_BYTES, type RowSketch, SKETCH_SIZE } from "../../schemas/row-sketch.ts";
import { sumCells } from "./cell-sums.ts";
import type { Database } from "./database.ts";
import { labelColumn } from "./roles.ts";
import { columnNamed, type Rows } from "./rows.ts";
import { literal } from "./sql.ts";

/** What a row is told by: what stands in its features, without the id and with it, and in these and its label. */
const SUMS = { features: ["features", "features + id"], labelled: ["features + label", "features + id + label"] };

/**
 * The sketch of a set's rows, by what stands in them: neither names nor places of columns count, equal rows are told apart by
 * their number, and `key` hashes them. Where there are equal rows the different ones are sketched besides: a set whose rows are
 * repeated tells nothing new. Labels count unless they are withheld.
 */
export async function sketchRows(
  db: Database,
  rows: Rows,
  { data, ...spec }: ModelSpec,
  { key, withheld }: { key: string; withheld: boolean },
): Promise<RowSketch> {
  const label = labelColumn({ ...spec, data });
  await sumCells(db, rows, "sums", { ...data, label });
  const hasId = columnNamed(rows, data.id) !== undefined;
  const lowest = async (sums: readonly string[]) => {
    const found: string[] = [];
    for (const sum of hasId ? sums : sums.slice(0, 1)) {
      found.push(await lowestHashes(db, { sum, key, which: "all" }));
      const different = await db.count(`SELECT count(DISTINCT sum) FROM (SELECT ${sum} AS sum FROM sums)`);
      if (different < rows.count) found.push(await lowestHashes(db, { sum, key, which: "different" }));
    }
    return found;
  };
  const sketch = {
    ...{ key, rows: rows.count, features: await lowest(SUMS.features) },
    ...(withheld || label === undefined ? {} : { labelled: await lowest(SUMS.labelled) }),
  };
  await db.run("DROP TABLE sums");
  return sketch;
}

async function lowestHashes(
  db: Database,
  { sum, key, which }: { sum: string; key: string; which: "all" | "different" },
): Promise<string> {
  const hash = `substr(sha256(concat(${literal(`${key}:`)}, sum, ':', nth)), 1, ${2 * HASH_BYTES})`;
  const found = await db.columns(
    `SELECT ${hash} AS hash FROM (
       SELECT sum, row_number() OVER (PARTITION BY sum) AS nth FROM (SELECT ${sum} AS sum FROM sums))${which === "all" ? "" : " WHERE nth = 1"}
     ORDER BY hash LIMIT ${SKETCH_SIZE}`,
  );
  return Buffer.from((found[0] ?? []).join(""), "hex").toString("base64");
}
