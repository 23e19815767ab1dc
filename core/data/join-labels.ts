import type { Violation } from "../../schemas/data-record.ts";
import type { ModelSpec } from "../../schemas/model-spec.ts";
import { SlipwayError } from "../errors.ts";
import type { Database } from "./database.ts";
import { identityTypes } from "./identity.ts";
import type { Located } from "./locate.ts";
import { labelColumn } from "./roles.ts";
import { columnTypes, idOf } from "./rows.ts";
import type { RawColumn, RawTable } from "./source.ts";

/** A table of raw rows with the files that they are from. */
export interface RawFiles {
  raw: RawTable;
  files: readonly Pick<Located, "path">[];
}

const LABELLED = "labelled_raw";

/**
 * The test rows with their labels, joined by `data.id`: what the rows would be had they held the column. Row and order stay as
 * they are. A label row that names no test row is a violation, since one could otherwise leave test rows out until one is
 * left, whose value is its label; so is a row that names one twice. A test row without a label row has no label. Rejects with
 * DATA_INVALID where the files lack a column. Of the labels' file nothing but these two columns is read.
 */
export async function joinLabels(
  db: Database,
  test: RawFiles,
  labels: RawFiles,
  spec: ModelSpec,
): Promise<{ raw: RawTable; violations: Violation[] }> {
  const { id = "", columns: declared = {}, "null-values": nulls = [] } = spec.data;
  const [testId, labelId] = [columnOf(test, id, "id"), columnOf(labels, id, "id")];
  const label = columnOf(labels, labelColumn(spec) ?? "", "label");
  const ids = [
    { ...test.raw, columns: [testId] },
    { ...labels.raw, columns: [labelId] },
  ];
  const types = await columnTypes(db, ids, declared, nulls);
  const isWhole = (await identityTypes(db, ids, spec, types)).get(id) === "long";
  const key = (column: RawColumn) => idOf(column, isWhole, nulls);
  await db.run(
    `CREATE TABLE label_rows AS SELECT rowid AS n, ${key(labelId)} AS id, ${label.raw} AS label FROM ${labels.raw.table}`,
  );
  const raw = `c${test.raw.columns.length}`;
  await db.run(
    `CREATE TABLE test_ids AS SELECT rowid AS n, ${key(testId)} AS id FROM ${test.raw.table};
     CREATE TABLE ${LABELLED} AS SELECT t.*, l.label AS ${raw} FROM ${test.raw.table} AS t JOIN test_ids AS k ON k.n = t.rowid
       LEFT JOIN (SELECT * FROM label_rows QUALIFY row_number() OVER (PARTITION BY id ORDER BY n) = 1) AS l ON l.id = k.id
       ORDER BY t.rowid`,
  );
  const violations = [...(await repeated(db, id, labels.raw)), ...(await unknown(db, id, labels.raw))];
  for (const table of ["label_rows", "test_ids"]) await db.run(`DROP TABLE ${table}`);
  const columns = [...test.raw.columns, { name: label.name, raw, source: label.source }];
  return { raw: { ...test.raw, table: LABELLED, columns }, violations };
}

/** Rejects with DATA_INVALID where test rows hold the label: what stands in a file that user code's jobs open is not sealed. */
export function refuseLabelInTest({ raw, files }: RawFiles, spec: ModelSpec): void {
  const label = labelColumn(spec)?.toLowerCase();
  const found = raw.columns.find(({ name }) => name.toLowerCase() === label);
  if (found === undefined) return;
  throw new SlipwayError("DATA_INVALID", `The test rows hold the label ${found.name}, which data.labels is to keep`, {
    expected: "the label column in the labels' file alone",
    found: "the column in the test rows, where jobs with user code open it",
    ...(files[0] ? { file: files[0].path } : {}),
    hint: "Write the test rows without the column, or leave data.labels out.",
  });
}

function columnOf({ raw, files }: RawFiles, name: string, role: "id" | "label"): RawColumn {
  const column = raw.columns.find((each) => each.name === name);
  if (column !== undefined) return column;
  throw new SlipwayError("DATA_INVALID", `There is no column ${name}${role === "id" ? " to join labels by" : ""}`, {
    expected: `the ${role} column, as data.${role} names it`,
    found: `no such column; there are ${raw.columns
      .slice(0, 10)
      .map((each) => each.name)
      .join(", ")}`,
    ...(files[0] ? { file: files[0].path } : {}),
  });
}

async function repeated(db: Database, column: string, { rows }: RawTable): Promise<Violation[]> {
  const twice = "FROM label_rows WHERE id IS NOT NULL GROUP BY id HAVING count(*) > 1";
  const count = await db.count(`SELECT coalesce(sum(more), 0) FROM (SELECT count(*) - 1 AS more ${twice})`);
  if (count === 0) return [];
  const first = await db.rows(`SELECT id ${twice} ORDER BY min(n) LIMIT 10`);
  const shown = first.map(({ id }) => String(id).slice(0, 200));
  const about = { set: "labels", column, check: "id", count, rows: shown } as const;
  return [{ ...about, expected: "one row for each test row", found: `${count} of ${rows} rows repeat an earlier id` }];
}

/** Their ids stand in the labels' file alone: they are counted, and not named. */
async function unknown(db: Database, column: string, { rows }: RawTable): Promise<Violation[]> {
  const count = await db.count(
    "SELECT count(*) FROM label_rows WHERE id IS NULL OR id NOT IN (SELECT id FROM test_ids WHERE id IS NOT NULL)",
  );
  if (count === 0) return [];
  const about = { set: "labels", column, check: "id", count } as const;
  return [
    {
      ...about,
      rows: [],
      expected: "rows for the test rows alone",
      found: `${count} of ${rows} rows are of no test row`,
    },
  ];
}
