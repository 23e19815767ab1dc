import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { ModelSpec } from "../../schemas/model-spec.ts";
import type { StageName } from "../../schemas/names.ts";
import type { Database } from "../data/database.ts";
import { copyOptions } from "../data/hand-over.ts";
import { labelColumn } from "../data/roles.ts";
import { identifier, literal } from "../data/sql.ts";
import { labelledRowsOf } from "./join-labels.ts";
import { allowedLabels, readingOf } from "./labelled-rows.ts";
import type { LookedVersion } from "./look-window.ts";
import { watchedColumns } from "./watched-columns.ts";

export interface LabelledExport {
  /** The model's spec at the default branch's tip. */
  spec: ModelSpec;
  stage: StageName;
  /** The versions that answered. */
  versions: readonly LookedVersion[];
  /** The columns of `requests`: name → DuckDB's type. */
  logged: ReadonlyMap<string, string>;
}

/** Beside the row's own columns, for its order: no column of a model is called so. */
const ID = "slipway_id";
const ORDER = [ID, "slipway_time", "slipway_version"] as const;

/**
 * SQL of the rows of `requests` that were answered and whose label has come, as the spec's training data have them: its features
 * but sensitive ones and files, the label under the spec's name, and the id if the spec has one. Each id once, by id. Undefined
 * where there can be none: the spec names no label, or no version's columns are known.
 */
export function labelledSelect({ spec, stage, versions, logged }: LabelledExport): string | undefined {
  const label = labelColumn(spec);
  if (label === undefined) return undefined;
  const parts = versions.flatMap(({ manifest: { signature, version }, reference }) => {
    if (signature === undefined) return [];
    const declared = spec.data.columns ?? {};
    const type =
      spec.task === "regression"
        ? "double"
        : ((Object.hasOwn(declared, label) ? declared[label]?.type : undefined) ??
          signature.outputs[0]?.type ??
          "string");
    const { columns } = watchedColumns({ signature, declared, ...reference }, logged);
    const features = columns.filter(({ of, name }) => of === "feature" && name !== label && name !== spec.data.id);
    const select = [
      ...ORDER,
      ...(spec.data.id === undefined ? [] : [`${ID} AS ${identifier(spec.data.id)}`]),
      ...features.map(({ name, value }) => `${value} AS ${identifier(name)}`),
      `${readingOf(type)} AS ${identifier(label)}`,
    ];
    const rules = allowedLabels(spec, type, identifier(label)).map((rule) => ` AND ${rule}`);
    return [
      `SELECT * FROM (SELECT ${select.join(", ")} FROM ${labelledRowsOf(version, stage)}) WHERE ${identifier(label)} IS NOT NULL${rules.join("")}`,
    ];
  });
  if (parts.length === 0) return undefined;
  return `SELECT * EXCLUDE (${ORDER.join(", ")}) FROM (${parts.join(" UNION ALL BY NAME ")})
    QUALIFY row_number() OVER (PARTITION BY ${ID} ORDER BY slipway_time, slipway_version) = 1
    ORDER BY ${ORDER.join(", ")}`;
}

/** Writes them to `file`, whose extension says the format. Resolves to how many there are; without any there is no file. */
export async function writeLabelled(
  db: Database,
  asked: LabelledExport,
  file: { path: string; extension: string },
): Promise<number> {
  const select = labelledSelect(asked);
  const rows = select === undefined ? 0 : await db.count(`SELECT count(*) FROM (${select})`);
  if (rows > 0) await db.run(`COPY (${select}) TO ${literal(file.path)} (${copyOptions(file.extension)})`);
  return rows;
}

/**
 * The same as a file's bytes, always the same for the same rows; undefined without a row. `work` is a folder that SQL may read and
 * write.
 */
export async function labelledBytes(
  db: Database,
  asked: LabelledExport,
  work: string,
  extension: string,
): Promise<Buffer | undefined> {
  const path = join(work, `labelled${extension}`);
  try {
    const rows = await writeLabelled(db, asked, { path, extension });
    return rows === 0 ? undefined : await readFile(path);
  } finally {
    await rm(path, { force: true });
  }
}

/** The extension of the files that a model trains on, since files of one set have one format; Parquet where they do not say it. */
export function trainingExtension({ data: { train, source } }: ModelSpec): string {
  for (const location of [train ?? [], source ?? []].flat()) {
    const found = EXTENSION.exec(location.replace(/[?#].*$/, ""))?.[1]?.toLowerCase();
    if (found !== undefined) return found;
  }
  return ".parquet";
}

/** A name in a store has one extension: `.csv.gz` is left to whoever packs. */
const EXTENSION = /(\.(?:csv|parquet|jsonl|ndjson))$/i;
