import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import type { ColumnType, ModelSpec } from "../../../schemas/model-spec.ts";
import type { Sha256 } from "../../../schemas/names.ts";
import type { Database } from "./database.ts";
import { columnNamed, type Rows } from "./rows.ts";
import { labelColumn, sliceColumns } from "./rules.ts";
import { literal } from "./sql.ts";

/** The test rows as scoring needs them: a Parquet file `n`, `id`, `label`, `s0` …, `grp`, `moment` in row order. */
export interface TestRows {
  file: string;
  /** Checked when scoring: user code has run meanwhile. */
  sha256: Sha256;
  count: number;
  wholeIds: boolean;
  /** The label's type; undefined without a label. */
  label: ColumnType | undefined;
  /** Names of the slice columns, in the order of `s0` … */
  slices: string[];
  groups: boolean;
  times: boolean;
}

export async function writeTestRows(db: Database, rows: Rows, spec: ModelSpec, file: string): Promise<TestRows> {
  const label = columnNamed(rows, labelColumn(spec));
  const slices = sliceColumns(spec).flatMap((name) => columnNamed(rows, name) ?? []);
  const group = columnNamed(rows, spec.data.group);
  const time = columnNamed(rows, spec.data.split?.time);
  const plain = (value: string, type: string) =>
    type === "datetime" ? isoText(value) : type === "other" ? `CAST(${value} AS VARCHAR)` : value;
  const select = [
    "n",
    "id",
    ...(label ? [`${plain(label.value, label.type)} AS label`] : []),
    ...slices.map(
      ({ value, type }, index) => `${type === "long" ? `CAST(${value} AS DOUBLE)` : plain(value, type)} AS s${index}`,
    ),
    ...(group ? [`CAST(${group.value} AS VARCHAR) AS grp`] : []),
    ...(time ? [`epoch_us(${time.value}) / 1000.0 AS moment`] : []),
  ];
  await db.run(`COPY (SELECT ${select.join(", ")} FROM ${rows.table} ORDER BY n) TO ${literal(file)} (FORMAT parquet)`);
  return {
    file,
    sha256: await digestOf(file),
    count: rows.count,
    wholeIds: rows.wholeIds,
    label: label && (label.type === "other" || label.type === "datetime" ? "string" : label.type),
    slices: slices.map(({ name }) => name),
    groups: group !== undefined,
    times: time !== undefined,
  };
}

/** A moment as people write it in a gate's slice: 2024-01-31, or 2024-01-31T09:00:00Z where it has a time. */
function isoText(value: string): string {
  return `strftime(${value}, CASE WHEN ${value} = date_trunc('day', ${value}) THEN '%Y-%m-%d' ELSE '%Y-%m-%dT%H:%M:%SZ' END)`;
}

export async function digestOf(file: string): Promise<Sha256> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}
