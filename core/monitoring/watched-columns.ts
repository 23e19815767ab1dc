import type { ColumnProfile, DataProfile } from "../../schemas/data-record.ts";
import type { Signature } from "../../schemas/manifest.ts";
import type { Column, ColumnType, ModelSpec } from "../../schemas/model-spec.ts";
import { identifier } from "../data/sql.ts";
import { SQL_TYPES } from "../data/types.ts";
import { loggedNames } from "../serving/request-log/logged-rows.ts";

/** A column of the log that a version's profile is compared with. */
export interface WatchedColumn {
  name: string;
  of: "feature" | "prediction";
  type: ColumnType;
  /** The value as the log has it, in SQL. */
  raw: string;
  /** The value in the column's type: null if there is none, or it is of another. */
  value: string;
  kept: ColumnProfile | undefined;
}

export interface Watched {
  columns: WatchedColumn[];
  /** Columns of the signature that are not compared, and why. */
  untested: Map<string, string>;
  /** Columns of the signature that the log should have, and has not. */
  missing: string[];
}

interface WatchedVersion {
  signature: Signature;
  /** What the spec says of its columns by now. */
  declared: ModelSpec["data"]["columns"];
  features?: DataProfile | undefined;
  predictions?: DataProfile | undefined;
}

/** The columns of a version in a log whose columns are `logged` (name → DuckDB's type). */
export function watchedColumns(version: WatchedVersion, logged: ReadonlyMap<string, string>): Watched {
  const { signature, features, predictions } = version;
  const answers = answeredColumns(predictions, signature, logged);
  const names = loggedNames(
    { signature, columns: sensitiveColumns(version) },
    Object.fromEntries(answers.map((name) => [name, null])),
  );
  const found: Watched = { columns: [], untested: new Map(), missing: [] };
  for (const { name, type } of signature.inputs) {
    const own = names.get(name);
    if (own === undefined)
      found.untested.set(name, type === "file" ? "it names files" : "sensitive: it is not in the log");
    else if (!logged.has(own)) {
      found.untested.set(name, "the log has no such column");
      found.missing.push(name);
    } else found.columns.push(watched("feature", name, own, type, logged, features));
  }
  for (const name of answers) {
    const type =
      name === "prediction" ? (predictions?.columns[name]?.type ?? signature.outputs[0]?.type ?? "string") : "double";
    if (logged.has(name)) found.columns.push(watched("prediction", name, name, type, logged, predictions));
  }
  return found;
}

/** Columns that are not kept: those that the spec calls sensitive, and those that it called so when the version was trained. */
function sensitiveColumns({ signature, declared = {}, features }: WatchedVersion): Record<string, Column> {
  const isSensitive = (name: string) => {
    if (Object.hasOwn(declared, name) && declared[name]?.sensitive === true) return true;
    // Of a sensitive column a profile says its nulls alone.
    const kept = features && Object.hasOwn(features.columns, name) ? features.columns[name] : undefined;
    return kept !== undefined && kept.distinct === undefined && kept.names === undefined;
  };
  const found = signature.inputs.filter(({ name }) => isSensitive(name));
  return Object.fromEntries(found.map(({ name, type }) => [name, { type, sensitive: true }]));
}

/** What the version answers: as its kept predictions have it, or where there are none as the log does. */
function answeredColumns(
  predictions: DataProfile | undefined,
  { inputs }: Signature,
  logged: ReadonlyMap<string, string>,
): string[] {
  if (predictions !== undefined) return Object.keys(predictions.columns).filter((name) => name !== "");
  const features = new Set(inputs.map(({ name }) => name));
  const others = [...logged.keys()].filter((name) => /^(proba_.|score(_.|$))/.test(name) && !features.has(name));
  return ["prediction", ...others];
}

function watched(
  of: WatchedColumn["of"],
  name: string,
  logged: string,
  type: ColumnType,
  columns: ReadonlyMap<string, string>,
  profile: DataProfile | undefined,
): WatchedColumn {
  const raw = identifier(logged);
  const sql = SQL_TYPES[type];
  // Files of versions whose types differ come together as text.
  const value = columns.get(logged) === sql ? raw : `TRY_CAST(${raw} AS ${sql})`;
  const kept = profile && Object.hasOwn(profile.columns, name) ? profile.columns[name] : undefined;
  return { name, of, type, raw, value, kept };
}
