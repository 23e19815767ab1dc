import { mkdtemp, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { DuckDBValue } from "@duckdb/node-api";
import type { ModelSpec } from "../../schemas/model-spec.ts";
import { SlipwayError } from "../errors.ts";
import type { Scored, Value } from "../metrics/scored.ts";
import { classValue } from "./class-values.ts";
import { Database } from "./database.ts";
import {
  checkIds,
  importOutput,
  invalidOutput,
  type Output,
  type OutputKind,
  printable,
  refuseRows,
} from "./output.ts";
import { type ClassColumns, checkPredictions, PREDICTIONS, type Predictions } from "./predictions.ts";
import type { PreparedData } from "./prepare.ts";
import { parquetReader } from "./readers.ts";
import { identifier, literal } from "./sql.ts";
import { digestOf, type TestRows } from "./test-rows.ts";
import { reading, textOf } from "./types.ts";

const KEPT: OutputKind = { code: "PREDICTIONS_INVALID", variable: "the store (kept predictions)" };

/**
 * Joins what user code predicted, and the scores per row of its own metrics (a file for each metric), to the test
 * rows by id. `stored` is a Parquet file for the store, sorted by id: the same predictions are the same bytes.
 * Rejects with PREDICTIONS_INVALID, SCORES_INVALID or OUTPUT_TOO_LARGE.
 */
export async function joinPredictions(request: {
  prepared: PreparedData;
  spec: ModelSpec;
  predictions: string;
  scores: Readonly<Record<string, string>>;
  /** What errors call the file. */
  kind?: OutputKind;
  signal?: AbortSignal;
}): Promise<{ scored: Scored; stored: string }> {
  const { prepared, spec, predictions, scores, kind = PREDICTIONS, signal } = request;
  return withTestRows(prepared.testRows, [predictions, ...Object.values(scores)], signal, async (db, folder) => {
    const test = prepared.testRows;
    const output = await importOutput(db, "output", predictions, kind, test, signal);
    const found = await checkPredictions(db, output, kind, spec, test);
    const own = Object.keys(scores).sort();
    for (const [index, metric] of own.entries())
      await takeScores(db, metric, index, scores[metric] as string, test, signal);
    const stored = join(folder, "predictions.parquet");
    await store(db, found, own, test, stored);
    return { scored: await toScored(db, found, own, spec, test), stored };
  });
}

/**
 * The same for Production's kept predictions, on the same test rows; own metrics that they have no scores of are
 * left out. Rejects with PREDICTIONS_INVALID if they are of other rows or do not fit.
 */
export async function joinKept(request: {
  prepared: PreparedData;
  spec: ModelSpec;
  kept: string;
  signal?: AbortSignal;
}): Promise<Scored> {
  const { prepared, spec, kept, signal } = request;
  return withTestRows(prepared.testRows, [kept], signal, async (db) => {
    const test = prepared.testRows;
    const output = await importOutput(db, "output", kept, KEPT, test, signal, "parquet");
    const found = await checkPredictions(db, output, KEPT, spec, test);
    const own = Object.keys(spec.metrics)
      .filter((metric) => output.columns.some(({ name }) => name === `own_${metric}`))
      .sort();
    for (const [index, metric] of own.entries()) {
      const column = output.columns.find(({ name }) => name === `own_${metric}`) as Output["columns"][number];
      await addScores(db, index, "output", reading(column, "double", []).value, KEPT);
    }
    return toScored(db, found, own, spec, test);
  });
}

async function withTestRows<T>(
  test: TestRows,
  read: readonly string[],
  signal: AbortSignal | undefined,
  work: (db: Database, folder: string) => Promise<T>,
): Promise<T> {
  if ((await digestOf(test.file)) !== test.sha256)
    throw new SlipwayError("INTERNAL", "The test rows were changed while the model ran.", {
      hint: "Does the predict command write outside of what it was given?",
    });
  const folder = await mkdtemp(join(dirname(test.file), "join-"));
  const db = await Database.open({ folder, read: [...read, test.file], write: [folder], signal });
  try {
    await db.run(`CREATE TABLE test AS FROM ${parquetReader(test.file)} ORDER BY n`);
    const ids = await db.count("SELECT count(DISTINCT id) FROM test");
    if (ids !== test.count)
      throw new SlipwayError(
        "DATA_INVALID",
        "The test rows' ids are not unique: predictions cannot be joined to them.",
        {
          expected: `${test.count} ids`,
          found: `${ids}`,
        },
      );
    return await work(db, folder);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  } finally {
    await db.close();
  }
}

/** What a model's own metric says by row. */
export function scoresOf(metric: string): OutputKind {
  return { code: "SCORES_INVALID", variable: `SLIPWAY_SCORES of ${metric}` };
}

async function takeScores(
  db: Database,
  metric: string,
  index: number,
  file: string,
  test: TestRows,
  signal: AbortSignal | undefined,
): Promise<void> {
  const kind = scoresOf(metric);
  const output = await importOutput(db, `scores${index}`, file, kind, test, signal);
  const column = (name: string) => {
    const found = output.columns.find((candidate) => candidate.name === name);
    if (found) return found;
    throw invalidOutput(kind, `has no column ${name}`, { expected: "the columns slipway_id, metric and value" });
  };
  const name = column("metric");
  const text = textOf(name.raw, name.source, []) ?? "CAST(NULL AS VARCHAR)";
  const other = await db.rows(
    `SELECT ${text} AS name FROM ${output.table} WHERE ${text} IS DISTINCT FROM ${literal(metric)} LIMIT 1`,
  );
  if (other[0])
    throw invalidOutput(kind, "holds scores of another metric", {
      expected: `${metric} in the column metric of each row`,
      found: printable(String(other[0]["name"])),
    });
  const value = reading(column("value"), "double", []).value;
  await checkIds(db, output, kind, test);
  await addScores(db, index, output.table, value, kind);
}

/** Adds the column `own<index>` to `predicted`: a finite number for each row. */
async function addScores(db: Database, index: number, table: string, value: string, kind: OutputKind): Promise<void> {
  await db.run(
    `CREATE TABLE own${index} AS SELECT p.n, p.id, o.value FROM predicted AS p JOIN (SELECT id, ${value} AS value FROM ${table}) AS o ON o.id = p.id ORDER BY p.n`,
  );
  await refuseRows(
    db,
    `own${index}`,
    "value IS NULL OR NOT isfinite(value)",
    kind,
    "a score that is not a number",
    "finite numbers",
  );
}

async function store(
  db: Database,
  found: Predictions,
  own: readonly string[],
  test: TestRows,
  file: string,
): Promise<void> {
  const classes = (columns: ClassColumns | undefined, prefix: string) =>
    columns?.columns.map((column, index) => `p.${column} AS ${identifier(`${prefix}${columns.classes[index]}`)}`) ?? [];
  const id = test.wholeIds ? "CAST(p.id AS BIGINT)" : "p.id";
  const select = [
    `${id} AS slipway_id`,
    "p.prediction",
    ...classes(found.probabilities, "proba_"),
    ...classes(found.scores, "score_"),
    ...(found.score ? ["p.q AS score"] : []),
    ...own.map((metric, index) => `own${index}.value AS ${identifier(`own_${metric}`)}`),
  ];
  const joins = own.map((_, index) => ` JOIN own${index} ON own${index}.n = p.n`).join("");
  await db.run(
    `COPY (SELECT ${select.join(", ")} FROM predicted AS p${joins} ORDER BY ${id}) TO ${literal(file)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)`,
  );
}

async function toScored(
  db: Database,
  found: Predictions,
  own: readonly string[],
  spec: ModelSpec,
  test: TestRows,
): Promise<Scored> {
  const optional = [
    ...(test.label ? ["label"] : []),
    ...(test.groups ? ["grp"] : []),
    ...(test.times ? ["moment"] : []),
  ];
  const slices = test.slices.map((_, index) => `s${index}`);
  const named = ["id", ...optional, ...slices];
  const data = await db.columns(`SELECT ${named.join(", ")} FROM test ORDER BY n`);
  const column = (name: string) => data[named.indexOf(name)] ?? [];
  const [predictions = []] = await db.columns("SELECT prediction FROM predicted ORDER BY n");
  const { label } = spec.data;
  const positive =
    typeof label === "object" && label.positive !== undefined && test.label
      ? classValue(String(label.positive), test.label)
      : undefined;
  const scored: Scored = {
    ids: column("id") as string[],
    task: spec.task,
    labels: test.label ? column("label").map(toValue) : [],
    predictions: predictions.map(toValue),
    slices: Object.fromEntries(
      test.slices.map((name, index) => [
        name,
        column(`s${index}`).map((value) => (value === null ? null : toValue(value))),
      ]),
    ),
    own: Object.fromEntries(
      await Promise.all(
        own.map(async (metric, index) => [metric, await numbers(db, `own${index}`, ["value"])] as const),
      ),
    ),
    positive,
    ...(test.groups ? { groups: column("grp") as string[] } : {}),
    ...(test.times ? { times: Float64Array.from(column("moment") as number[]) } : {}),
  };
  if (found.probabilities) {
    const { classes, columns } = found.probabilities;
    const values = (await numbers(db, "predicted", columns)).map((value) => Math.min(1, Math.max(0, value)));
    scored.probabilities = { classes, values };
  }
  if (found.scores)
    scored.scores = { classes: found.scores.classes, values: await numbers(db, "predicted", found.scores.columns) };
  if (found.score) scored.scores = { values: await numbers(db, "predicted", ["q"]) };
  return scored;
}

/** Columns of doubles, row-major. */
async function numbers(db: Database, table: string, columns: readonly string[]): Promise<Float64Array> {
  const found = await db.columns(`SELECT ${columns.join(", ")} FROM ${table} ORDER BY n`);
  const rows = found[0]?.length ?? 0;
  const values = new Float64Array(rows * columns.length);
  for (const [at, column] of found.entries())
    for (let row = 0; row < rows; row++) values[row * columns.length + at] = column[row] as number;
  return values;
}

/** A whole number that a double does not hold exactly becomes its text. */
function toValue(value: DuckDBValue): Value {
  if (typeof value !== "bigint") return value as Value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}
