import type { Gate } from "../../schemas/gate.ts";
import type { Column } from "../../schemas/model-spec.ts";
import { columnRules } from "./column-rules.ts";
import type { ModelChoice } from "./guess-model.ts";
import { MOST_VALUES, type TableColumn, type TableProfile } from "./profile-table.ts";
import type { SuggestedGates } from "./suggest-gates.ts";

/** The rows beside the spec. */
export const ROWS_FILE = "data/rows.csv";
/** About this share of the rows is the test set. */
export const TEST_SHARE = 0.3;
const DAY = 86_400_000;

/** How a column is given to the program: as a number, a category, or a time; undefined if it is left out. */
export function featureKind(column: TableColumn, choice: ModelChoice): "number" | "category" | "time" | undefined {
  const { name, type, distinct } = column;
  if ([choice.label, choice.id, choice.group, choice.time].includes(name) || distinct < 2) return undefined;
  if (type === "long" || type === "double") return "number";
  if (type === "datetime") return "time";
  return (type === "string" && distinct <= MOST_VALUES) || type === "boolean" ? "category" : undefined;
}

/** `model.yaml`: what the table and the choice say, and what a person may want to change. */
export function modelText(
  profile: TableProfile,
  choice: ModelChoice,
  gates: Pick<SuggestedGates, "register" | "production">,
): string {
  const { task, label, id, group, time } = choice;
  const { columns, nullTexts } = profile;
  const kept = profile.rows - (columns.find(({ name }) => name === label)?.nulls ?? 0);
  const features = columns.flatMap((column): string[] => {
    const kind = featureKind(column, choice);
    return kind === undefined ? [] : [`      ${quoted(column.name)}: ${kind}`];
  });
  const rules = columns.flatMap((column): string[] => {
    const known = rulesOf(column, choice, kept);
    return known === undefined ? [] : [`    ${quoted(column.name)}: ${flow(known)}`];
  });
  return `slipway: 1
description: ${quoted(`Predicts ${label} from ${features.length === 1 ? "one column" : `${features.length} columns`}`)}
task: ${task}

data:
  source: ${ROWS_FILE}
  split: ${splitText(profile, choice)}
  label: ${quoted(label)}
${id === undefined ? "" : `  id: ${quoted(id)}\n`}${group === undefined ? "" : `  group: ${quoted(group)} # rows of one are on one side of the split\n`}${nullTexts.length === 0 ? "" : `  null-values: [${nullTexts.map(quoted).join(", ")}]\n`}  columns: # what each must hold: a little more room than what is there
${rules.join("\n")}
  rows: { min: ${Math.max(1, Math.floor(kept * (time === undefined ? 1 - TEST_SHARE : 0.5) * 0.5))} }

train:
  run: node train.mjs
  params:
    task: ${task}
    label: ${quoted(label)}
    nulls: [${nullTexts.map(quoted).join(", ")}]
    features:
${features.join("\n")}
    steps: 200
    rate: 0.3
    shrink: 0.001
  timeout: 10m
predict:
  run: node predict.mjs
serve: # answers requests; its answers to the test rows have to be those of predict
  run: node serve.mjs
  timeout: 2s

metrics: # scikit-learn's functions, by their names
${metricLines(profile, choice).join("\n")}

${gatesText(gates)}`;
}

/** What names a row is no quantity: the next one is larger. */
function rulesOf(column: TableColumn, { label, id }: ModelChoice, rows: number): Column | undefined {
  const { name, type } = column;
  if (name === id && type !== undefined && type !== "other") return { type, unique: true };
  return columnRules(name === label ? { ...column, nulls: 0 } : column, rows);
}

function splitText({ columns }: TableProfile, { time }: ModelChoice): string {
  const column = columns.find(({ name }) => name === time);
  if (column === undefined) return `{ test: ${TEST_SHARE}, seed: 1 } # by a hash of the row: new rows move no old one`;
  const days = (Date.parse(String(column.max)) - Date.parse(String(column.min))) / DAY;
  return `{ time: ${quoted(column.name)}, test: ${Math.max(1, Math.round(days * TEST_SHARE))}d } # the latest rows are the test set`;
}

function metricLines({ columns }: TableProfile, { task, label }: ModelChoice): string[] {
  if (task === "regression")
    return [
      "r2: { metric: r2_score }",
      "mae: { metric: mean_absolute_error }",
      "rmse: { metric: root_mean_squared_error }",
    ].map((line) => `  ${line}`);
  const classes = columns.find(({ name }) => name === label)?.distinct ?? 2;
  return [
    "accuracy: { metric: accuracy_score }",
    "balanced_accuracy: { metric: balanced_accuracy_score }",
    "f1: { metric: f1_score, average: macro }",
    `auc: { metric: roc_auc_score${classes > 2 ? ", multi_class: ovr" : ""} }`,
    "log_loss: { metric: log_loss }",
    "confusion: { metric: confusion_matrix }",
  ].map((line) => `  ${line}`);
}

function gatesText(gates: Pick<SuggestedGates, "register" | "production">): string {
  const stages = (["register", "production"] as const).flatMap((stage) =>
    gates[stage].length === 0 ? [] : [`  ${stage}:\n${gates[stage].map(gateLine).join("\n")}\n`],
  );
  return stages.length === 0 ? "" : `gates:\n${stages.join("")}`;
}

function gateLine(gate: Gate): string {
  return `    - ${flow(gate)}`;
}

function flow(value: Readonly<Record<string, unknown>>): string {
  return `{ ${Object.entries(value)
    .map(([key, each]) => `${key}: ${scalarText(each)}`)
    .join(", ")} }`;
}

function scalarText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(scalarText).join(", ")}]`;
  return typeof value === "string" ? quoted(value) : String(value);
}

/** A text as YAML has it; one that YAML could take for something else is in quotes, as in JSON. */
function quoted(text: string): string {
  const isPlain =
    /^[A-Za-z][A-Za-z_-]*(?: ?[A-Za-z0-9_-]+)*$/.test(text) &&
    !/^(?:y|n|yes|no|on|off|true|false|null|nan|inf)$/i.test(text);
  return isPlain ? text : JSON.stringify(text);
}
