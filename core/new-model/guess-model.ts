import type { TableColumn, TableProfile } from "./profile-table.ts";

/** What a model of a table is about, as far as it was decided or guessed. */
export interface ModelChoice {
  task: "classification" | "regression";
  label: string;
  /** Names each row. */
  id?: string | undefined;
  /** Rows that belong together. */
  group?: string | undefined;
  /** Orders rows in time, so that the latest are the test set. */
  time?: string | undefined;
}

/** What a person chose in place of a guess; empty texts are a choice, too: none. */
export type Chosen = { [Key in keyof ModelChoice]?: string | undefined };

const LABEL_NAMES =
  /^(?:label|target|class|outcome|y|species|churn(?:ed)?|survived|default(?:ed)?|fraud|is_fraud|price|diagnosis|result|status|quality|progression|response)$/i;
const ID_NAME = /(?:^|[_\s-])(?:id|uuid|guid|key|index|nr|no|row_?id)$|^(?:id|uuid|passengerid|rowid|unnamed.*)$/i;
const GROUP_NAMES =
  /^(?:patient|user|customer|client|group|household|session|account|subject|store|shop|device|machine|family|person|player)(?:[_\s-]?id)?$/i;
const TIME_NAMES = /date|time|day|month|when|timestamp|_at$/i;
/** A number with no more values than that may be a class. */
const MOST_CLASSES_OF_NUMBERS = 10;
const MOST_CLASSES = 50;

/** The model that a table is most likely for. Undefined if no column can be predicted. */
export function guessModel(profile: TableProfile, chosen: Chosen = {}): ModelChoice | undefined {
  const { columns, rows } = profile;
  const named = (name: string | undefined) => columns.find((column) => column.name === name);
  const isRowName = (column: TableColumn) =>
    column.distinct === rows && column.nulls === 0 && column.type !== "double" && column.type !== "datetime";
  const label = named(chosen.label) ?? guessLabel(profile, isRowName);
  if (label === undefined) return undefined;
  const others = columns.filter((column) => column !== label);
  const pick = (key: "id" | "group" | "time", guess: TableColumn | undefined) =>
    chosen[key] === undefined ? guess?.name : others.find(({ name }) => name === chosen[key])?.name;
  const id = pick(
    "id",
    others.find((column) => isRowName(column) && ID_NAME.test(column.name)),
  );
  const free = others.filter(({ name }) => name !== id);
  const group = pick(
    "group",
    free.find(
      ({ name, distinct, nulls, type }) =>
        GROUP_NAMES.test(name) && nulls === 0 && type !== "double" && distinct > rows / 50 && distinct < rows,
    ),
  );
  const time = pick("time", group === undefined ? free.find((column) => isTimeline(column, rows)) : undefined);
  const task = chosen.task === "classification" || chosen.task === "regression" ? chosen.task : taskOf(label);
  return { task, label: label.name, id, group, time };
}

/** A column that somebody may want to have predicted. */
export function canBeLabel({ type, distinct }: TableColumn, task?: ModelChoice["task"]): boolean {
  if (distinct < 2 || type === undefined || type === "other" || type === "datetime") return false;
  const isNumber = type === "long" || type === "double";
  if (task === "regression") return isNumber;
  if (task === "classification") return type !== "double" && distinct <= MOST_CLASSES;
  return isNumber || distinct <= MOST_CLASSES;
}

function guessLabel({ columns }: TableProfile, isRowName: (column: TableColumn) => boolean): TableColumn | undefined {
  const fit = columns.filter((column) => canBeLabel(column) && !isRowName(column));
  return (
    fit.find(({ name }) => LABEL_NAMES.test(name)) ?? fit.at(-1) ?? columns.filter((each) => canBeLabel(each)).at(-1)
  );
}

function taskOf({ type, distinct }: TableColumn): ModelChoice["task"] {
  if (type === "double") return "regression";
  return type === "long" && distinct > MOST_CLASSES_OF_NUMBERS ? "regression" : "classification";
}

function isTimeline({ name, type, distinct, nulls, min, max }: TableColumn, rows: number): boolean {
  if (type !== "datetime" || nulls > 0 || distinct < Math.min(20, rows / 4)) return false;
  return TIME_NAMES.test(name) && Date.parse(String(max)) - Date.parse(String(min)) >= 10 * 86_400_000;
}
