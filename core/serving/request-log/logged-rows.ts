import type { LoggedColumn } from "../../../schemas/request-log.ts";
import type { Prediction, Scalar } from "../../runtime/answering/answering.ts";
import type { LoggedVersion, RequestEntry } from "./request-log.ts";

/** Columns of an answer that are kept at most: a program may invent others with each answer. */
const MOST_ANSWERED = 1_000;

interface About {
  entry: RequestEntry;
  row: number;
  replica: string;
  sample: number;
}

/** What the log says of each row beside its features and its prediction; docs/request-log.md says what they mean. */
const ABOUT: readonly [name: string, type: LoggedColumn[1], value: (about: About) => Scalar][] = [
  ["slipway_id", "string", ({ entry: { id, ids }, row }) => ids?.[row] ?? `${id}/${row}`],
  ["slipway_request", "string", ({ entry }) => entry.id],
  ["slipway_row", "long", ({ row }) => row],
  ["slipway_time", "datetime", ({ entry }) => new Date(entry.at).toISOString()],
  ["slipway_model", "string", ({ entry }) => entry.version.folder],
  ["slipway_version", "long", ({ entry }) => entry.version.version],
  ["slipway_stage", "string", ({ entry }) => entry.version.stage],
  ["slipway_replica", "string", ({ replica }) => replica],
  ["slipway_role", "string", ({ entry }) => entry.rollout?.role ?? "stable"],
  ["slipway_decision", "string", ({ entry }) => entry.rollout?.decision ?? null],
  ["slipway_step", "long", ({ entry }) => entry.rollout?.step ?? null],
  ["slipway_disagrees", "boolean", ({ entry, row }) => entry.rollout?.disagrees?.[row] ?? null],
  ["slipway_ms", "double", ({ entry }) => entry.ms],
  ["slipway_error", "string", ({ entry }) => entry.error ?? null],
  ["slipway_sample", "double", ({ sample }) => sample],
];

/** The columns that stand in every file of the log. */
export const ABOUT_COLUMNS: readonly LoggedColumn[] = ABOUT.map(([name, type]) => [name, type]);

/** How a version's rows stand in a file of the log. */
export interface RowForm {
  columns: LoggedColumn[];
  /** The row's line: a JSON array of the columns' values. */
  line(about: About): string;
}

/** The columns of an answer: `prediction` first, then what stands beside it. */
export function answeredNames(prediction: Prediction | undefined): string[] {
  const others = Object.keys(prediction ?? {}).filter((name) => name !== "prediction" && name !== "");
  return ["prediction", ...others.slice(0, MOST_ANSWERED)];
}

type Featured = Pick<LoggedVersion, "signature" | "columns">;

/** What the columns of a version's features are called, where `like` is an answer. Features that are not kept have none. */
export function loggedNames(version: Featured, like: Prediction | undefined): Map<string, string> {
  const taken = new Set(
    [...ABOUT_COLUMNS.map(([name]) => name), ...answeredNames(like)].map((name) => name.toLowerCase()),
  );
  const free = (name: string): string => {
    const found = taken.has(name.toLowerCase()) ? free(`feature_${name}`) : name;
    taken.add(found.toLowerCase());
    return found;
  };
  return new Map(loggedFeatures(version).map(({ name }) => [name, free(name)]));
}

function loggedFeatures({ signature, columns }: Featured): LoggedVersion["signature"]["inputs"] {
  return signature.inputs.filter(
    ({ name, type }) => type !== "file" && !(Object.hasOwn(columns, name) && columns[name]?.sensitive === true),
  );
}

/**
 * The form of a version's rows, of which `like` is an answer. Features that the spec calls sensitive are left out. A feature
 * that has the name of another column is called `feature_…`.
 */
export function rowForm(version: LoggedVersion, like: Prediction | undefined): RowForm {
  const { signature } = version;
  const features = loggedFeatures(version);
  const answers = answeredNames(like);
  const names = loggedNames(version, like);
  const typeOf = (name: string): LoggedColumn[1] => {
    if (name === "prediction") return signature.outputs[0]?.type ?? "string";
    const value = like?.[name];
    if (/^(proba_|score(_|$))/.test(name) || typeof value === "number") return "double";
    return typeof value === "boolean" ? "boolean" : "string";
  };
  return {
    columns: [
      ...ABOUT_COLUMNS,
      ...answers.map((name): LoggedColumn => [name, typeOf(name)]),
      ...features.map(({ name, type }): LoggedColumn => [names.get(name) ?? name, type]),
    ],
    line(about) {
      const { rows, predictions } = about.entry;
      const row = rows[about.row];
      const answer = predictions?.[about.row];
      const values: Scalar[] = [];
      for (const [, , value] of ABOUT) values.push(plain(value(about)));
      for (const name of answers) values.push(plain(answer?.[name]));
      for (const { name } of features) values.push(plain(row?.[name]));
      return JSON.stringify(values);
    },
  };
}

const HALF_PAIR = /\p{Surrogate}/gu;

/** Half a surrogate pair is no text that every reader of JSON takes. */
function plain(value: Scalar | undefined): Scalar {
  return typeof value === "string" ? value.replace(HALF_PAIR, "\u{fffd}") : (value ?? null);
}
