import type { ModelSpec } from "../../schemas/model-spec.ts";
import type { Database } from "../data/database.ts";
import { labelColumn } from "../data/roles.ts";
import { importFiles, type RawColumn, type RawTable } from "../data/source.ts";
import { literal } from "../data/sql.ts";
import { identityText, reading, textOf } from "../data/types.ts";
import { SlipwayError } from "../errors.ts";
import { fileFormatOf } from "../spec/file-format.ts";
import { createAnswered } from "./join-labels.ts";
import type { LabelFiles } from "./label-files.ts";

export interface ImportedLabels {
  /** Labels that a later one replaced. */
  doubled: number;
  /** What is wrong with files that were left out, and with rows that name nothing. */
  notes: { code: string; message: string }[];
}

const NULLS: readonly string[] = [];
/** Milliseconds that clocks and time zones may differ by. */
const DAY = 86_400_000;

/**
 * Makes the table `labels` of `id` and `label` (as text), each id once: of several labels the one with the latest `at` counts, if
 * files have that column, and otherwise the last: files in the order of their names, rows in their order. An empty label takes an
 * earlier one back. A file that is none is left out, and told. An `at` more than a day after `now` counts as none: no correction
 * would ever be later.
 */
export async function importLabels(
  db: Database,
  files: LabelFiles["files"],
  spec: ModelSpec | undefined,
  now: Date,
): Promise<ImportedLabels> {
  const notes: ImportedLabels["notes"] = [];
  await createAnswered(db);
  await db.run("CREATE TABLE label_rows (id VARCHAR, label VARCHAR, moment TIMESTAMP, file BIGINT, n BIGINT)");
  for (const [index, file] of files.entries()) {
    try {
      await importOne(db, file, index, spec);
    } catch (error) {
      if (!(error instanceof SlipwayError)) throw error;
      notes.push({
        code: error.code,
        message: `Labels of ${file.shown} are left out: ${error.message} ${wordsOf(error)}`.trim(),
      });
    } finally {
      await db.run("DROP TABLE IF EXISTS label_file");
    }
  }
  const future = `moment > ${latestAt(now)}`;
  const ahead = await db.count(`SELECT count(*) FROM label_rows WHERE ${future}`);
  if (ahead > 0) {
    await db.run(`UPDATE label_rows SET moment = NULL WHERE ${future}`);
    notes.push({
      code: "CLOCK_AHEAD",
      message: `${ahead} labels have an \`at\` that has not come yet: it counts as none`,
    });
  }
  const nameless = await db.count("SELECT count(*) FROM label_rows WHERE id IS NULL OR id = ''");
  if (nameless > 0)
    notes.push({ code: "DATA_INVALID", message: `Labels without an id (${nameless}) count for nothing` });
  await db.run(
    `CREATE TABLE labels AS SELECT id, label FROM label_rows WHERE id <> ''
       QUALIFY row_number() OVER (PARTITION BY id ORDER BY moment DESC NULLS LAST, file DESC, n DESC) = 1`,
  );
  const rows = await db.count("SELECT count(*) FROM label_rows WHERE id <> ''");
  const doubled = rows - (await db.count("SELECT count(*) FROM labels"));
  await db.run("DROP TABLE label_rows");
  return { doubled, notes };
}

function latestAt(now: Date): string {
  return `CAST(${literal(new Date(now.getTime() + DAY).toISOString().slice(0, -1))} AS TIMESTAMP)`;
}

async function importOne(
  db: Database,
  { shown, name, path }: LabelFiles["files"][number],
  index: number,
  spec: ModelSpec | undefined,
): Promise<void> {
  fileFormatOf(name);
  const raw = await importFiles(db, "label_file", [{ path: shown, name, file: path }]);
  if (raw.rows === 0) return;
  const id = columnOf(raw, ["id", "slipway_id", spec?.data.id], "id");
  const label = columnOf(raw, ["label", spec && labelColumn(spec)], "label");
  const at = raw.columns.find((column) => column.name === "at");
  const nulls = spec?.data["null-values"] ?? NULLS;
  const text = textOf(label.raw, label.source, nulls);
  if (text === undefined)
    throw new SlipwayError("DATA_INVALID", `The column ${label.name} holds no plain values.`, {
      expected: "texts, numbers or booleans",
    });
  await db.run(
    `INSERT INTO label_rows SELECT ${identityText(id, NULLS)}, ${text}, ${at === undefined ? "NULL" : reading(at, "datetime", nulls).value},
       ${index}, rowid FROM label_file`,
  );
}

function columnOf({ columns }: RawTable, names: readonly (string | undefined)[], role: string): RawColumn {
  const known = names.filter((name) => name !== undefined);
  for (const name of known) {
    const found = columns.find((column) => column.name === name);
    if (found !== undefined) return found;
  }
  const there = columns.slice(0, 10).map(({ name }) => name);
  throw new SlipwayError("DATA_INVALID", `There is no ${role} column.`, {
    expected: `a column ${[...new Set(known)].join(" or ")}`,
    found: there.join(", ") || "no columns",
  });
}

function wordsOf({ problems: [problem] }: SlipwayError): string {
  const { expected, found } = problem ?? {};
  return [expected && `expected ${expected}`, found && `found ${found}`].filter(Boolean).join(", ").slice(0, 500);
}
