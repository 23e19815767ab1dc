import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import type { ColumnType, ModelSpec } from "../../schemas/model-spec.ts";
import type { Sha256 } from "../../schemas/names.ts";
import type { Database } from "./database.ts";
import { labelColumn, sliceColumns, timeColumn } from "./roles.ts";
import { columnNamed, type Rows, type TypedColumn } from "./rows.ts";
import { literal } from "./sql.ts";
import type { KnownType } from "./types.ts";

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
  const time = columnNamed(rows, timeColumn(spec));
  const plain = ({ identity: { type, value } }: TypedColumn) =>
    type === "datetime" ? isoText(value) : type === "other" ? `CAST(${value} AS VARCHAR)` : value;
  const select = [
    "n",
    "id",
    ...(label ? [`${plain(label)} AS label`] : []),
    ...slices.map((slice, index) => `${plain(slice)} AS s${index}`),
    ...(group ? [`CAST(${group.identity.value} AS VARCHAR) AS grp`] : []),
    ...(time ? [`epoch_us(${time.value}) / 1000.0 AS moment`] : []),
  ];
  await db.run(`COPY (SELECT ${select.join(", ")} FROM ${rows.table} ORDER BY n) TO ${literal(file)} (FORMAT parquet)`);
  return {
    file,
    sha256: await digestOf(file),
    count: rows.count,
    wholeIds: rows.wholeIds,
    label: label && labelType(label.identity.type),
    slices: slices.map(({ name }) => name),
    groups: group !== undefined,
    times: time !== undefined,
  };
}

function labelType(type: KnownType): ColumnType {
  return type === "other" || type === "datetime" ? "string" : type;
}

/** A moment as people write it in a gate's slice: 2024-01-31, 2024-01-31T09:00:00Z, or 2024-01-31T09:00:00.250000Z. */
export function isoText(value: string): string {
  const whole = (part: string) => `${value} = date_trunc('${part}', ${value})`;
  const text = (format: string) => `strftime(${value}, '${format}')`;
  return `CASE WHEN ${whole("day")} THEN ${text("%Y-%m-%d")} WHEN ${whole("second")} THEN ${text("%Y-%m-%dT%H:%M:%SZ")} ELSE ${text("%Y-%m-%dT%H:%M:%S.%fZ")} END`;
}

export async function digestOf(file: string): Promise<Sha256> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}
