import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Database } from "../../../core/data/database.ts";
import { identityTypes } from "../../../core/data/identity.ts";
import { profileRows } from "../../../core/data/profile.ts";
import { columnTypes, makeRows } from "../../../core/data/rows.ts";
import { importFiles } from "../../../core/data/source.ts";
import { literal } from "../../../core/data/sql.ts";
import { objectName } from "../../../core/serving/request-log/object-name.ts";
import type { DataProfile } from "../../../schemas/data-record.ts";
import { ModelSpec } from "../../../schemas/model-spec.ts";

const HOUR = 3_600_000;

/** So many columns, of five four hold numbers and one a category; of the numbers every other one is rounded, as measured ones are. */
function columnsOf(count: number): string[] {
  return Array.from({ length: count }, (_, at) => {
    if (at % 5 === 4) return `'kind ' || CAST(floor(pow(random(), 2) * 20) AS INTEGER) AS c${at}`;
    const normal = "sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random())";
    return at % 2 === 0 ? `${normal} AS x${at}` : `round(20 + 5 * ${normal}, 2) AS x${at}`;
  });
}

/** Rows that a model was trained on, as Parquet, and the profile that a run keeps of them. */
export async function makeReference(
  folder: string,
  rows: number,
  columns: number,
): Promise<{ file: string; profile: DataProfile }> {
  const file = join(folder, "reference.parquet");
  const db = await Database.open({ folder, read: [file], write: [folder] });
  try {
    await db.run(
      `COPY (SELECT ${columnsOf(columns).join(", ")} FROM range(${rows})) TO ${literal(file)} (FORMAT parquet)`,
    );
    const raw = await importFiles(db, "train_raw", [{ path: "reference.parquet", name: "reference.parquet", file }]);
    const data = { train: "reference.parquet", test: "reference.parquet" };
    const spec = ModelSpec.parse({ slipway: 1, task: "custom", data, predict: { run: "true" }, metrics: {} });
    const types = await columnTypes(db, [raw], {}, []);
    const identities = await identityTypes(db, [raw], spec, types);
    const made = await makeRows(db, "train", raw, { declared: {}, types, identities, nulls: [], id: undefined });
    return { file, profile: await profileRows(db, made, {}) };
  } finally {
    await db.close();
  }
}

/** A model's log of yesterday, of the same distribution: a file for each of the hours, each hour as many rows. */
export async function writeLog(
  folder: string,
  model: string,
  { rows, columns, hours }: { rows: number; columns: number; hours: number },
): Promise<string[]> {
  const yesterday = Math.floor(Date.now() / (24 * HOUR)) * 24 * HOUR - 24 * HOUR;
  const files: string[] = [];
  for (let hour = 0; hour < hours; hour += 1) {
    const at = yesterday + hour * HOUR;
    const file = join(folder, objectName({ model, hour: at, part: "abc-1" }));
    await mkdir(join(file, ".."), { recursive: true });
    files.push(file);
  }
  const [first = ""] = files;
  const work = join(folder, model);
  const db = await Database.open({ folder: work, read: [], write: [join(first, "../..")] });
  try {
    const each = Math.ceil(rows / hours);
    for (const [hour, file] of files.entries()) {
      const at = new Date(yesterday + hour * HOUR).toISOString().slice(0, 19);
      const about = `'h${hour}-' || i || '/0' AS slipway_id, 'h${hour}-' || i AS slipway_request, 0::BIGINT AS slipway_row,
        TIMESTAMP '${at}' + to_microseconds(CAST(i * ${3_599_000_000 / each} AS BIGINT)) AS slipway_time, '${model}' AS slipway_model,
        1::BIGINT AS slipway_version, 'production' AS slipway_stage, 'abc' AS slipway_replica, 'stable' AS slipway_role,
        NULL::VARCHAR AS slipway_decision, NULL::BIGINT AS slipway_step, NULL::BOOLEAN AS slipway_disagrees,
        1 + random() AS slipway_ms, NULL::VARCHAR AS slipway_error, 1.0::DOUBLE AS slipway_sample,
        CASE WHEN random() < 0.4 THEN 'yes' ELSE 'no' END AS prediction`;
      await db.run(
        `COPY (SELECT ${[about, ...columnsOf(columns)].join(", ")} FROM range(${each}) AS t(i)) TO ${literal(file)} (FORMAT parquet, COMPRESSION zstd)`,
      );
    }
  } finally {
    await db.close();
  }
  return files;
}
