import { mkdir, realpath } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Signature } from "../../schemas/manifest.ts";
import type { ModelSpec } from "../../schemas/model-spec.ts";
import { SlipwayError } from "../errors.ts";
import { fileFormatOf } from "../spec/file-format.ts";
import { didYouMean } from "../spec/near.ts";
import { Database } from "./database.ts";
import { digestData } from "./digest.ts";
import { copyOptions, writeRows } from "./hand-over.ts";
import { identityTypes } from "./identity.ts";
import { checkIds, importOutput, printable } from "./output.ts";
import { PREDICTIONS } from "./predictions.ts";
import { parquetReader } from "./readers.ts";
import { makeRows, type Rows } from "./rows.ts";
import { importFiles } from "./source.ts";
import { literal } from "./sql.ts";
import { type TestRows, writeTestRows } from "./test-rows.ts";
import type { KnownType } from "./types.ts";

/** Rows without labels, as a version's predict program is given its test rows. */
interface NewRows {
  /** SLIPWAY_FEATURES, alone in a folder of its own below `work`. */
  features: string;
  /** Columns of the file that the version does not know: left out, as the label is. */
  dropped: string[];
  rows: TestRows;
}

/**
 * Reads a file of rows (CSV, Parquet, JSON Lines) and writes the features into `work`, with `extension` (that of the test data,
 * which the program reads). Every input of the signature has to be there, in its type. Rejects with DATA_UNREADABLE, or
 * DATA_INVALID, naming columns and rows and never a value.
 */
export async function newRows(request: {
  file: string;
  spec: ModelSpec;
  inputs: Signature["inputs"];
  extension: string;
  work: string;
  signal: AbortSignal | undefined;
}): Promise<NewRows> {
  const { spec, inputs, extension, work, signal } = request;
  const name = basename(request.file);
  fileFormatOf(name);
  const file = await realpath(request.file).catch((cause: unknown) => {
    throw new SlipwayError("DATA_MISSING", `There is no file ${request.file}.`, { expected: "a file of rows", cause });
  });
  await digestData(file, name, signal);
  const own = join(work, "rows");
  await mkdir(own, { recursive: true });
  const db = await Database.open({ folder: own, read: [file], write: [work], signal });
  try {
    const nulls = spec.data["null-values"] ?? [];
    const raw = await importFiles(db, "new_raw", [{ path: name, name, file }]);
    requireColumns(raw.columns, inputs, name);
    const wanted = new Set(inputs.map((input) => input.name));
    const known = { ...raw, columns: raw.columns.filter((column) => wanted.has(column.name)) };
    const types = new Map(inputs.map((input) => [input.name, input.type as KnownType]));
    const declared = spec.data.columns ?? {};
    const identities = await identityTypes(db, [known], spec, types);
    const rows = await makeRows(db, "test", known, { declared, types, identities, nulls, id: spec.data.id });
    await refuseUnfit(db, rows, name);
    const same = fileFormatOf(name).format === fileFormatOf(`x${extension}`).format;
    // What another format holds is no text of this one: then the values go over, in their types.
    const columns = same ? rows.columns : rows.columns.map((column) => ({ ...column, raw: column.value }));
    const to = { folder: join(work, "features"), name: "features" };
    const features = await writeRows(db, { ...rows, columns, extension }, to, { columns: [...wanted], id: true });
    const plain = { ...spec, slices: [], gates: {}, data: { id: spec.data.id } } as unknown as ModelSpec;
    return {
      features,
      dropped: raw.columns.map((column) => column.name).filter((each) => !wanted.has(each)),
      rows: await writeTestRows(db, rows, plain, join(own, "ids.parquet")),
    };
  } finally {
    await db.close();
  }
}

function requireColumns(columns: readonly { name: string }[], inputs: Signature["inputs"], file: string): void {
  const names = columns.map(({ name }) => name);
  const missing = inputs.filter(({ name, optional }) => optional !== true && !names.includes(name));
  if (missing.length === 0) return;
  throw new SlipwayError("DATA_INVALID", `the rows lack ${missing.map(({ name }) => name).join(", ")}`, {
    expected: `the version's columns: ${inputs.map(({ name, type }) => `${name} (${type})`).join(", ")}`,
    found: names.slice(0, 50).map(printable).join(", "),
    ...didYouMean(missing[0]?.name ?? "", names),
    file,
  });
}

async function refuseUnfit(db: Database, rows: Rows, file: string): Promise<void> {
  if (rows.count === 0)
    throw new SlipwayError("DATA_INVALID", "the file has no rows", { expected: "at least one row", file });
  const named = async (from: string) => {
    const count = await db.count(`SELECT count(*) ${from}`);
    const first = count === 0 ? [] : await db.rows(`SELECT n ${from} ORDER BY n LIMIT 5`);
    return { count, words: `${first.map((row) => String(row["n"])).join(", ")}${count > 5 ? ", …" : ""}` };
  };
  for (const { name, type, unfit } of rows.columns) {
    if (unfit === "false") continue;
    const { count, words } = await named(`FROM ${rows.table} WHERE ${unfit}`);
    if (count > 0)
      throw new SlipwayError("DATA_INVALID", `${name} holds what is no ${type}`, {
        expected: type,
        found: `${count} of ${rows.count} rows: ${words}`,
        file,
      });
  }
  const repeated = await named(
    `FROM ${rows.table} WHERE id IS NULL OR id IN (SELECT id FROM ${rows.table} GROUP BY id HAVING count(*) > 1)`,
  );
  if (repeated.count > 0)
    throw new SlipwayError("DATA_INVALID", "rows have no id of their own", {
      expected: "an id for each row, and each once",
      found: `${repeated.count} of ${rows.count} rows: ${repeated.words}`,
      file,
    });
}

/**
 * Takes what a predict program wrote for these rows into `out`, whose extension says the format, in the rows' order. Rejects
 * with PREDICTIONS_INVALID unless there is exactly one prediction for each row.
 */
export async function writePredictions(request: {
  predictions: string;
  rows: TestRows;
  out: string;
  /** The type of what is predicted, by the signature. */
  type: string | undefined;
  work: string;
  signal: AbortSignal | undefined;
}): Promise<void> {
  const { predictions, rows, out, type, work, signal } = request;
  const folder = join(work, "out");
  await mkdir(folder, { recursive: true });
  const db = await Database.open({ folder, read: [predictions, rows.file], write: [work], signal });
  try {
    await db.run(`CREATE TABLE test AS FROM ${parquetReader(rows.file)} ORDER BY n`);
    const output = await importOutput(db, "output", predictions, PREDICTIONS, rows, signal);
    if (!output.columns.some(({ name }) => name === "prediction"))
      throw new SlipwayError("PREDICTIONS_INVALID", "The file at SLIPWAY_PREDICTIONS has no column prediction.", {
        expected: "the columns slipway_id and prediction",
      });
    await checkIds(db, output, PREDICTIONS, rows);
    const columns = output.columns.filter(({ name }) => name !== "slipway_id");
    const select = columns.map(({ name, raw }) => {
      const number = /^(proba_|score(_|$))/.test(name) || (name === "prediction" && type === "double");
      return `${number ? `CAST(o.${raw} AS DOUBLE)` : `o.${raw}`} AS "${name.replaceAll('"', '""')}"`;
    });
    const id = rows.wholeIds ? "CAST(test.id AS BIGINT)" : "test.id";
    await db.run(
      `COPY (SELECT ${[`${id} AS slipway_id`, ...select].join(", ")} FROM test JOIN output AS o ON o.id = test.id ORDER BY test.n)
       TO ${literal(out)} (${copyOptions(fileFormatOf(out).extension)})`,
    );
  } finally {
    await db.close();
  }
}
