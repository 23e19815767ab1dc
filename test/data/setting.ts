import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { DuckDBInstance } from "@duckdb/node-api";
import { onTestFinished } from "vitest";
import { type DataRequest, type PreparedData, prepareData } from "../../core/data/prepare.ts";
import { ModelSpec } from "../../schemas/model-spec.ts";
import { memoryTree } from "../helpers/memory-tree.ts";

/** A folder that is gone after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "slipway-data-")));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export type Files = Record<string, string | Buffer>;

export async function write(folder: string, files: Files): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

/** A spec of a model in models/m, parsed as a person's would be. */
export function specOf(data: unknown, rest: Record<string, unknown> = {}): ModelSpec {
  return ModelSpec.parse({
    slipway: 1,
    task: "classification",
    data,
    train: { run: "node train.mjs" },
    predict: { run: "node predict.mjs" },
    metrics: { accuracy: { metric: "accuracy_score" } },
    ...rest,
  });
}

/** Prepares the model's data from files whose paths are relative to models/m. */
export async function prepare(
  files: Files,
  data: unknown,
  rest: Record<string, unknown> = {},
  request: Partial<DataRequest> = {},
): Promise<PreparedData & { spec: ModelSpec; folder: string }> {
  return prepareIn(await temporaryFolder(), files, data, rest, request);
}

/** The same below a folder of the caller's. */
export async function prepareIn(
  folder: string,
  files: Files,
  data: unknown,
  rest: Record<string, unknown> = {},
  request: Partial<DataRequest> = {},
): Promise<PreparedData & { spec: ModelSpec; folder: string }> {
  await write(join(folder, "repo/models/m"), files);
  await mkdir(join(folder, "work"));
  const spec = specOf(data, rest);
  const root = join(folder, "repo");
  const tree = memoryTree(
    Object.fromEntries(Object.entries(files).map(([path, bytes]) => [`models/m/${path}`, bytes])),
  );
  const prepared = await prepareData({
    model: { name: "m", folder: "models/m", spec, tree },
    root,
    work: join(folder, "work"),
    cache: join(folder, "cache"),
    access: { env: {} },
    ...request,
  });
  return { ...prepared, spec, folder };
}

export function text(file: string): Promise<string> {
  return readFile(file, "utf8");
}

/** Writes rows that an SQL query makes, for Parquet files. */
export async function parquet(file: string, query: string, options = ""): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  await connection.run(`COPY (${query}) TO '${file}' (FORMAT parquet${options})`);
  connection.closeSync();
  instance.closeSync();
}

/** All rows of a Parquet file, or of what `read_parquet`'s kin say of it. */
export async function parquetRows(file: string, reader = "read_parquet"): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  const rows = (await connection.runAndReadAll(`FROM ${reader}('${file}')`)).getRowObjectsJson();
  connection.closeSync();
  instance.closeSync();
  return rows;
}

/** The content of a file of each format, all of the same rows of numbers and texts. */
export async function formats(rows: readonly Record<string, number | string>[]): Promise<Record<string, Buffer>> {
  const folder = await temporaryFolder();
  const csv = [Object.keys(rows[0] ?? {}), ...rows.map((row) => Object.values(row))].map(
    (line) => `${line.join(",")}\n`,
  );
  const jsonl = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
  await write(folder, { "rows.jsonl": jsonl });
  await parquet(`${folder}/rows.parquet`, `FROM read_json('${folder}/rows.jsonl', hive_partitioning = false)`);
  return {
    csv: Buffer.from(csv.join("")),
    "csv.gz": gzipSync(csv.join("")),
    jsonl: Buffer.from(jsonl),
    parquet: await readFile(`${folder}/rows.parquet`),
  };
}

/** The one problem of a refusal, for a look at all of it. */
export async function refusal(act: Promise<unknown>): Promise<Record<string, unknown>> {
  const error = await act.then(
    () => {
      throw new Error("it was not refused");
    },
    (cause: unknown) => cause,
  );
  if (error instanceof Error && "problems" in error) return (error.problems as Record<string, unknown>[])[0] ?? {};
  throw error;
}
