import type { ColumnType, ModelSpec } from "../../schemas/model-spec.ts";
import type { Value } from "../metrics/scored.ts";
import { classValue, compareClasses } from "./class-values.ts";
import type { Database } from "./database.ts";
import { checkIds, invalidOutput, type Output, type OutputKind, printable, refuseRows } from "./output.ts";
import { labelColumn } from "./roles.ts";
import { inexact } from "./rules.ts";
import type { RawColumn } from "./source.ts";
import type { TestRows } from "./test-rows.ts";
import { reading } from "./types.ts";

/** One value per class and row, in the columns `p0` … or `q0` … of the table, in the classes' order. */
export interface ClassColumns {
  classes: readonly Value[];
  columns: readonly string[];
}

/** Checked predictions: a table `predicted` with `id`, `prediction`, and what else there is. */
export interface Predictions {
  probabilities: ClassColumns | undefined;
  scores: ClassColumns | undefined;
  /** The column `q`: a single ranking. */
  score: boolean;
}

export const PREDICTIONS: OutputKind = { code: "PREDICTIONS_INVALID", variable: "SLIPWAY_PREDICTIONS" };

// A softmax in single precision may end a hair above 1.
const ROUNDING = 1e-6;

/** The type that predictions are read in: the label's, but any number for regression, and text without a label. */
function predictionType(spec: ModelSpec, test: TestRows): ColumnType {
  return spec.task === "regression" ? "double" : (test.label ?? "string");
}

/**
 * Checks predictions (in the table of `output`) against the table `test`, and makes the table `predicted`.
 * Rejects with PREDICTIONS_INVALID: ids, values that do not fit, probabilities that are none, classes left out.
 */
export async function checkPredictions(
  db: Database,
  output: Output,
  kind: OutputKind,
  spec: ModelSpec,
  test: TestRows,
): Promise<Predictions> {
  await checkIds(db, output, kind, test);
  const type = predictionType(spec, test);
  const named = (name: string) => output.columns.find((column) => column.name === name);
  const prediction = named("prediction");
  if (!prediction)
    throw invalidOutput(kind, "has no column prediction", { expected: "the columns slipway_id and prediction" });
  const ranks = spec.task !== "regression";
  const probabilities = ranks ? classColumns(output, "proba_", "p", type, kind) : undefined;
  const scores = ranks ? classColumns(output, "score_", "q", type, kind) : undefined;
  const score = ranks ? named("score") : undefined;
  if (score && scores)
    throw invalidOutput(kind, "has both score and score_<class>", {
      expected: "one column score, or one for each class",
    });

  const number = (column: RawColumn) => reading(column, "double", []).value;
  const numbers = (columns: (ClassColumns & { from: RawColumn[] }) | undefined) =>
    columns?.from.map((column, index) => `${number(column)} AS ${columns.columns[index]}`) ?? [];
  const select = [
    "id AS out_id",
    `${reading(prediction, type, []).value} AS prediction`,
    ...numbers(probabilities),
    ...numbers(scores),
    ...(score ? [`${number(score)} AS q`] : []),
  ];
  await db.run(
    `CREATE TABLE predicted AS SELECT test.n, test.id, o.* EXCLUDE (out_id) FROM test
     JOIN (SELECT ${select.join(", ")} FROM ${output.table}) AS o ON o.out_id = test.id ORDER BY test.n`,
  );
  const refuse = (breach: string, what: string, expected: string) =>
    refuseRows(db, "predicted", breach, kind, what, expected);
  const unfit = type === "long" ? `(prediction IS NULL OR ${inexact("prediction")})` : "prediction IS NULL";
  await refuse(unfit, "no prediction that fits", `a ${type} in each row, as the label is`);
  if (type === "double") await refuse("NOT isfinite(prediction)", "an infinite prediction", "finite numbers");
  if (score) await refuse("q IS NULL OR NOT isfinite(q)", "a score that is not a number", "finite numbers");
  for (const columns of [probabilities, scores]) {
    if (!columns) continue;
    await coverLabels(db, columns, kind, spec, test);
    const list = `[${columns.columns.join(", ")}]`;
    const word = columns === probabilities ? "probability" : "score";
    const odd = "x -> x IS NULL OR NOT isfinite(x)";
    await refuse(`len(list_filter(${list}, ${odd})) > 0`, `a ${word} that is not a number`, "finite numbers");
  }
  if (probabilities) {
    const list = `[${probabilities.columns.join(", ")}]`;
    const outside = `x -> x < ${-ROUNDING} OR x > ${1 + ROUNDING}`;
    await refuse(`len(list_filter(${list}, ${outside})) > 0`, "a probability outside [0, 1]", "probabilities");
    await refuse(
      `abs(list_sum(${list}) - 1) > 1e-3`,
      "probabilities that do not sum to 1",
      "proba_<class> columns that sum to 1 within 0.001; any other ranking is score_<class>",
    );
  }
  return { probabilities, scores, score: score !== undefined };
}

/** The columns of one kind, class names read in the label's type, in scikit-learn's order of classes. */
function classColumns(
  output: Output,
  prefix: string,
  as: string,
  type: ColumnType,
  kind: OutputKind,
): (ClassColumns & { from: RawColumn[] }) | undefined {
  const found = output.columns
    .filter(({ name }) => name.startsWith(prefix))
    .map((column) => {
      const value = classValue(column.name.slice(prefix.length), type);
      if (value !== undefined) return { column, value };
      throw invalidOutput(kind, `has a column ${printable(column.name)}, whose class is not a ${type}`, {
        expected: `${prefix}<class>, each class a ${type} as the label is`,
        found: printable(column.name),
      });
    })
    .sort((a, b) => compareClasses(a.value, b.value));
  if (found.length === 0) return undefined;
  const twice = found.find(({ value }, index) => value === found[index - 1]?.value);
  if (twice)
    throw invalidOutput(kind, `has two columns for the class of ${printable(twice.column.name)}`, {
      expected: "one column for each class",
    });
  return {
    classes: found.map(({ value }) => value),
    columns: found.map((_, index) => `${as}${index}`),
    from: found.map(({ column }) => column),
  };
}

async function coverLabels(
  db: Database,
  { classes, columns: [first] }: ClassColumns,
  kind: OutputKind,
  spec: ModelSpec,
  test: TestRows,
): Promise<void> {
  if (test.label === undefined) return;
  const [labels = []] = await db.columns("SELECT DISTINCT label FROM test");
  const values = labels.map((label) => (typeof label === "bigint" ? Number(label) : label));
  const absent = values.filter((value) => !classes.includes(value as Value));
  if (absent.length === 0) return;
  const hidden = spec.data.columns?.[labelColumn(spec) ?? ""]?.sensitive;
  const prefix = first?.startsWith("p") ? "proba_" : "score_";
  throw invalidOutput(kind, `has no ${prefix}<class> column for ${absent.length} of the test labels' classes`, {
    expected: "a column for each class that the test labels have",
    found: hidden
      ? `${absent.length} left out`
      : `none for ${absent
          .slice(0, 5)
          .map((value) => printable(String(value)))
          .join(", ")}${absent.length > 5 ? ", …" : ""}`,
  });
}
