import { closest, distance } from "fastest-levenshtein";
import type { Violation } from "../../schemas/data-record.ts";
import type { ModelSpec } from "../../schemas/model-spec.ts";
import type { Database } from "./database.ts";
import { labelColumn, sliceColumns } from "./roles.ts";
import { columnNamed, type Rows } from "./rows.ts";
import { percent, type Rule, rulesOf } from "./rules.ts";

/** Everything that one set's rows break: counts and the first ten row ids, never values. */
export async function checkRows(db: Database, rows: Rows, spec: ModelSpec): Promise<Violation[]> {
  return [
    ...missingColumns(rows, spec),
    ...rowCount(rows, spec),
    ...(await broken(db, rows, spec)),
    ...(await repeats(db, rows, spec)),
  ];
}

/** Ids that are in both sets: what the model saw in training would be tested on. */
export async function checkLeakage(db: Database, train: Rows, test: Rows, id: string): Promise<Violation[]> {
  const [a, b] = [columnNamed(train, id), columnNamed(test, id)];
  if (!a || !b) return [];
  const shared = `FROM ${test.table} WHERE CAST(${b.identity.value} AS VARCHAR) IN (SELECT CAST(${a.identity.value} AS VARCHAR) FROM ${train.table} WHERE ${a.identity.value} IS NOT NULL)`;
  const count = await db.count(`SELECT count(*) ${shared}`);
  if (count === 0) return [];
  return [
    {
      set: "test",
      column: id,
      check: "id",
      count,
      rows: await firstIds(db, shared),
      expected: "ids that are not in the training data",
      found: share(count, test.count),
    },
  ];
}

/** The ids of the first ten rows of `FROM … WHERE …`; a row without an id is named by its number. */
export async function firstIds(db: Database, from: string): Promise<string[]> {
  const rows = await db.rows(`SELECT coalesce(id, 'row ' || n) AS id ${from} ORDER BY n LIMIT 10`);
  return rows.map((row) => String(row["id"]).slice(0, 200));
}

function missingColumns(rows: Rows, spec: ModelSpec): Violation[] {
  const { data } = spec;
  const wanted: [Violation["check"], string | undefined, string][] = [
    ...Object.keys(data.columns ?? {}).map((name): [Violation["check"], string, string] => [
      "missing",
      name,
      "a column, as declared",
    ]),
    ["id", data.id, "the id column"],
    ["label", labelColumn(spec), "the label column"],
    ["group", data.group, "the group column"],
    ...(rows.set === "test" ? sliceColumns(spec) : []).map((name): [Violation["check"], string, string] => [
      "missing",
      name,
      "a column, for slices",
    ]),
  ];
  const names = rows.columns.map(({ name }) => name);
  return wanted.flatMap(([check, column, expected]) => {
    if (column === undefined || names.includes(column)) return [];
    // Where labels are apart they are looked at when they are joined.
    if (data.labels !== undefined && rows.set === "test" && column === labelColumn(spec)) return [];
    return [
      {
        set: rows.set,
        column,
        check,
        count: rows.count,
        rows: [],
        expected,
        found: `no such column; ${namedNear(column, names)}`,
      },
    ];
  });
}

/** The name that was most likely meant; where none is near, what there is. */
function namedNear(wanted: string, names: readonly string[]): string {
  const near = closest(wanted, names);
  if (distance(wanted, near) <= Math.max(1, wanted.length / 3)) return `did you mean ${near}?`;
  const more = names.length > 10 ? ` and ${names.length - 10} more` : "";
  return `there are ${names.slice(0, 10).join(", ")}${more}`;
}

function rowCount(rows: Rows, { data }: ModelSpec): Violation[] {
  const { min = 0, max = Number.POSITIVE_INFINITY } =
    rows.set === "train" || !(data.train || data.source) ? (data.rows ?? {}) : {};
  if (rows.count >= min && rows.count <= max) return [];
  const expected = rows.count < min ? `at least ${min} rows` : `at most ${max} rows`;
  return [{ set: rows.set, check: "rows", count: rows.count, rows: [], expected, found: `${rows.count} rows` }];
}

/** Whether the ids of rows would tell labels that are kept apart: a rule can name a label. */
function tellsLabels({ set }: Rows, spec: ModelSpec, column: string | undefined): boolean {
  return set === "test" && spec.data.labels !== undefined && column === labelColumn(spec);
}

/** All rules in one pass over the rows; ids are looked up for broken ones alone. */
async function broken(db: Database, rows: Rows, spec: ModelSpec): Promise<Violation[]> {
  const rules: readonly Rule[] = rulesOf(rows, spec);
  const violations: Violation[] = [];
  for (let at = 0; at < rules.length; at += 50) {
    const some = rules.slice(at, at + 50);
    const counts = await db.row(
      `SELECT ${some.map(({ breach }, index) => `count(*) FILTER (${breach}) AS k${index}`).join(", ")} FROM ${rows.table}`,
    );
    for (const [index, { check, column, breach, allowed, expected, ofMissing }] of some.entries()) {
      const count = Number(counts[`k${index}`]);
      if (count <= allowed) continue;
      const isHidden = !ofMissing && tellsLabels(rows, spec, column);
      violations.push({
        set: rows.set,
        column,
        check,
        count,
        rows: isHidden ? [] : await firstIds(db, `FROM ${rows.table} WHERE ${breach}`),
        expected,
        found: share(count, rows.count),
      });
    }
  }
  return violations;
}

async function repeats(db: Database, rows: Rows, spec: ModelSpec): Promise<Violation[]> {
  const { data } = spec;
  const violations: Violation[] = [];
  for (const column of rows.columns) {
    const isId = column.name === data.id;
    if (!isId && !column.declared?.unique) continue;
    const { value } = isId ? column.identity : column;
    const count = await db.count(`SELECT count(${value}) - count(DISTINCT ${value}) FROM ${rows.table}`);
    if (count === 0) continue;
    const again = `FROM (SELECT *, row_number() OVER (PARTITION BY ${value} ORDER BY n) AS nth FROM ${rows.table}) WHERE nth > 1 AND ${value} IS NOT NULL`;
    violations.push({
      set: rows.set,
      column: column.name,
      check: isId ? "id" : "unique",
      count,
      rows: tellsLabels(rows, spec, column.name) ? [] : await firstIds(db, again),
      expected: isId ? "each id once" : "each value once",
      found: `${share(count, rows.count)} repeat an earlier one`,
    });
  }
  return violations;
}

function share(count: number, rows: number): string {
  return `${count} of ${rows} rows${rows > 0 ? ` (${percent(count / rows)})` : ""}`;
}
