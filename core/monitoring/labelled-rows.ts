import type { DuckDBValue } from "@duckdb/node-api";
import type { Signature } from "../../schemas/manifest.ts";
import type { ColumnType, ModelSpec } from "../../schemas/model-spec.ts";
import type { StageName, VersionNumber } from "../../schemas/names.ts";
import { classValue, compareClasses } from "../data/class-values.ts";
import type { Database } from "../data/database.ts";
import { labelColumn } from "../data/roles.ts";
import { columnRules } from "../data/rules.ts";
import { isoText } from "../data/test-rows.ts";
import { fromText } from "../data/types.ts";
import type { Scored, Value } from "../metrics/scored.ts";
import { labelledRowsOf } from "./join-labels.ts";
import type { WatchedColumn } from "./watched-columns.ts";

/** Rows of one window that metrics are computed on, at most: of more, those whose ids have the smallest digests. */
export const MOST_SCORED = 500_000;

export interface LabelledRows {
  /** Undefined if no label fits. */
  scored: Scored | undefined;
  /** Rows with a label that the spec lets a label be, and those with another or with none. */
  labelled: number;
  unfit: number;
}

interface Asked {
  version: VersionNumber;
  stage: StageName;
  spec: ModelSpec;
  signature: Signature;
  columns: readonly WatchedColumn[];
  /** Columns to slice by; those that the log has not are left out. */
  slices: readonly string[];
}

/** The rows of `requests` that a version answered and whose labels have come, as metrics read them. Undefined without any. */
export async function labelledRows(db: Database, asked: Asked): Promise<LabelledRows | undefined> {
  const { version, stage, spec, signature, columns } = asked;
  const type = spec.task === "regression" ? "double" : (signature.outputs[0]?.type ?? "string");
  const label = readingOf(type);
  const answered = columns.find(({ of, name }) => of === "prediction" && name === "prediction");
  if (answered === undefined) return undefined;
  const slices = columns.filter(({ of, name }) => of === "feature" && asked.slices.includes(name));
  const group = columns.find(({ of, name }) => of === "feature" && name === spec.data.group);
  const probabilities = classColumns(columns, "proba_", type);
  const scores = classColumns(columns, "score_", type);
  const score = columns.find(({ of, name }) => of === "prediction" && name === "score");
  const numbers = [...(probabilities?.columns ?? []), ...(scores?.columns ?? []), ...(score ? [score] : [])];
  const select = [
    "slipway_id AS id",
    `${label} AS label`,
    `${valueAs(answered, type)} AS prediction`,
    ...slices.map(
      (column, index) => `${column.type === "datetime" ? isoText(column.value) : column.value} AS s${index}`,
    ),
    ...(group ? [`CAST(${group.value} AS VARCHAR) AS grp`] : []),
    ...numbers.map(({ value }, index) => `${value} AS q${index}`),
  ];
  await db.run(`CREATE OR REPLACE TABLE joined AS SELECT ${select.join(", ")} FROM ${labelledRowsOf(version, stage)}`);
  try {
    const fits = type === "double" ? "isfinite(label) AND isfinite(prediction)" : "true";
    const sound = ["label IS NOT NULL AND prediction IS NOT NULL", fits, ...allowedLabels(spec, type)].join(" AND ");
    const { rows, fit } = await db.row(`SELECT count(*) AS rows, count(*) FILTER (${sound}) AS fit FROM joined`);
    if (Number(rows) === 0) return undefined;
    if (Number(fit) === 0) return { scored: undefined, labelled: 0, unfit: Number(rows) };
    const many = Number(fit) > MOST_SCORED ? `ORDER BY md5(id) LIMIT ${MOST_SCORED}` : "";
    const found = await db.columns(`SELECT * FROM (SELECT * FROM joined WHERE ${sound} ${many}) ORDER BY id`);
    const first = 3 + slices.length + (group ? 1 : 0);
    const number = (from: number, count: number) => rowMajor(found.slice(from, from + count));
    const sums = probabilities && number(first, probabilities.columns.length);
    const scored: Scored = {
      ids: (found[0] ?? []).map(String),
      task: spec.task,
      labels: (found[1] ?? []).map(toValue),
      predictions: (found[2] ?? []).map(toValue),
      slices: Object.fromEntries(
        slices.map(({ name }, index) => [
          name,
          (found[3 + index] ?? []).map((value) => (value === null ? null : toValue(value))),
        ]),
      ),
      own: {},
      positive: positiveOf(spec, type),
      ...(group && (found[first - 1] ?? []).every((value) => value !== null)
        ? { groups: (found[first - 1] ?? []).map(String) }
        : {}),
    };
    if (probabilities && sums && areProbabilities(sums, probabilities.columns.length))
      scored.probabilities = { classes: probabilities.classes, values: sums };
    const next = first + (probabilities?.columns.length ?? 0);
    if (scores) withScores(scored, number(next, scores.columns.length), scores.classes);
    else if (score) withScores(scored, number(next, 1), undefined);
    return { scored, labelled: Number(fit), unfit: Number(rows) - Number(fit) };
  } finally {
    await db.run("DROP TABLE IF EXISTS joined");
  }
}

/** What the spec says of the label's values (`one-of`, `min`, `max`): one that breaks it was written wrong, and is no wrong prediction. */
export function allowedLabels(spec: ModelSpec, type: ColumnType, value = "label"): string[] {
  const name = labelColumn(spec);
  const declared =
    name !== undefined && Object.hasOwn(spec.data.columns ?? {}, name) ? spec.data.columns?.[name] : undefined;
  if (name === undefined || declared === undefined || declared.type !== type) return [];
  const rules = columnRules({ name, type, declared, value, unfit: "false", missing: "false" }, { count: 0 });
  return rules
    .filter(({ check }) => check !== "type" && check !== "nulls")
    .map(({ breach }) => `NOT coalesce(${breach}, false)`);
}

/** SQL of a joined row's label as a value of its type: null for what is none. */
export function readingOf(type: ColumnType): string {
  return type === "double"
    ? `nullif(${fromText("slipway_label", type)}, CAST('nan' AS DOUBLE))`
    : fromText("slipway_label", type);
}

/** A prediction as a value of the label's type, whatever the kept profile calls its own. */
function valueAs({ value, type }: WatchedColumn, wanted: ColumnType): string {
  return type === wanted ? value : fromText(`CAST(${value} AS VARCHAR)`, wanted);
}

interface ClassColumns {
  classes: Value[];
  columns: WatchedColumn[];
}

/** The columns of one kind, in scikit-learn's order of their classes; undefined where a column's class is none. */
function classColumns(columns: readonly WatchedColumn[], prefix: string, type: ColumnType): ClassColumns | undefined {
  const found = columns.filter(({ of, name }) => of === "prediction" && name.startsWith(prefix));
  const classed = found.flatMap((column) => {
    const value = classValue(column.name.slice(prefix.length), type);
    return value === undefined ? [] : [{ column, value }];
  });
  if (classed.length === 0 || classed.length < found.length) return undefined;
  classed.sort((a, b) => compareClasses(a.value, b.value));
  return { classes: classed.map(({ value }) => value), columns: classed.map(({ column }) => column) };
}

function withScores(scored: Scored, values: Float64Array, classes: readonly Value[] | undefined): void {
  if (values.every(Number.isFinite)) scored.scores = classes ? { classes, values } : { values };
}

const ROUNDING = 1e-6;

function areProbabilities(values: Float64Array, classes: number): boolean {
  for (let row = 0; row < values.length; row += classes) {
    let sum = 0;
    for (let at = 0; at < classes; at += 1) {
      const value = values[row + at] as number;
      if (!(value >= -ROUNDING && value <= 1 + ROUNDING)) return false;
      values[row + at] = Math.min(1, Math.max(0, value));
      sum += value;
    }
    if (Math.abs(sum - 1) > 1e-3) return false;
  }
  return true;
}

function rowMajor(columns: readonly DuckDBValue[][]): Float64Array {
  const rows = columns[0]?.length ?? 0;
  const values = new Float64Array(rows * columns.length);
  for (const [at, column] of columns.entries())
    for (let row = 0; row < rows; row += 1)
      values[row * columns.length + at] = column[row] === null ? Number.NaN : Number(column[row]);
  return values;
}

function positiveOf({ data: { label } }: ModelSpec, type: ColumnType): Value | undefined {
  const positive = typeof label === "object" ? label.positive : undefined;
  return positive === undefined ? undefined : classValue(String(positive), type);
}

function toValue(value: DuckDBValue): Value {
  if (typeof value !== "bigint") return value as Value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

/** SQL over rows of a version's answers: the mean of the largest probability, and of how many rows. */
export function confidence(columns: readonly WatchedColumn[]): { mean: string; rows: string } | undefined {
  const values = columns
    .filter(({ of, name }) => of === "prediction" && name.startsWith("proba_"))
    .map(({ value }) => value);
  if (values.length < 2) return undefined;
  const sound = values.map((value) => `${value} BETWEEN 0 AND 1`).join(" AND ");
  return { mean: `avg(greatest(${values.join(", ")})) FILTER (${sound})`, rows: `count(*) FILTER (${sound})` };
}
