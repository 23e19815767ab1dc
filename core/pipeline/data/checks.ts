import { closest } from "fastest-levenshtein";
import type { Violation } from "../../../schemas/data-record.ts";
import type { Column, ModelSpec } from "../../../schemas/model-spec.ts";
import { SlipwayError } from "../../errors.ts";
import { classValue } from "./class-values.ts";
import type { Database } from "./database.ts";
import { columnNamed, type Rows, type TypedColumn } from "./rows.ts";
import { literal } from "./sql.ts";
import { fromText, SQL_TYPES } from "./types.ts";

/** A rule whose breaches are rows. */
interface Rule {
  check: Violation["check"];
  column?: string;
  /** True for a row that breaks it. */
  breach: string;
  /** How many breaches are allowed. */
  allowed: number;
  expected: string;
}

/** The columns that slices are made of: the spec's, and those that its gates name. */
export function sliceColumns(spec: ModelSpec): string[] {
  const gates = Object.values(spec.gates ?? {}).flat();
  return [...new Set([...(spec.slices ?? []), ...gates.flatMap((gate) => Object.keys(gate.slice ?? {}))])];
}

export function labelColumn(spec: ModelSpec): string | undefined {
  const { label } = spec.data;
  return typeof label === "object" ? label.column : label;
}

/** Everything that one set's rows break: counts and the first ten row ids, never values. */
export async function checkRows(db: Database, rows: Rows, spec: ModelSpec): Promise<Violation[]> {
  const rules = [
    ...rows.columns.flatMap((column) => columnRules(column, rows)),
    ...idRules(rows, spec),
    ...labelRules(rows, spec),
    ...roleRules(rows, spec),
  ];
  return [
    ...missingColumns(rows, spec),
    ...rowCount(rows, spec),
    ...(await broken(db, rows, rules)),
    ...(await repeats(db, rows, spec)),
  ];
}

/** Ids that are in both sets: what the model saw in training would be tested on. */
export async function checkLeakage(db: Database, train: Rows, test: Rows, id: string): Promise<Violation[]> {
  const [a, b] = [columnNamed(train, id), columnNamed(test, id)];
  if (!a || !b) return [];
  const shared = `FROM ${test.table} WHERE CAST(${b.value} AS VARCHAR) IN (SELECT CAST(${a.value} AS VARCHAR) FROM ${train.table} WHERE ${a.value} IS NOT NULL)`;
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

function columnRules(column: TypedColumn, rows: Rows): Rule[] {
  const { name, type, declared, value, unfit, missing } = column;
  if (!declared || type === "other") return [];
  const about = { column: name, allowed: 0 };
  const rules: Rule[] = [
    { ...about, check: "type", breach: unfit, expected: type },
    {
      column: name,
      check: "nulls",
      breach: missing,
      allowed: Math.floor((declared.nulls ?? 0) * rows.count + 1e-9),
      expected: declared.nulls ? `at most ${percent(declared.nulls)} nulls` : "no nulls",
    },
  ];
  const bounds = [
    ["min", "<", "at least"],
    ["max", ">", "at most"],
  ] as const;
  for (const [check, operator, words] of bounds) {
    const bound = declared[check];
    if (bound === undefined) continue;
    const expected = `${words} ${bound}`;
    rules.push({ ...about, check, breach: `${value} ${operator} ${bounded(column, check, bound)}`, expected });
  }
  const oneOf = declared["one-of"];
  if (oneOf) {
    const values = oneOf.map((item) => typed(String(item), column.type as Column["type"]));
    rules.push({
      ...about,
      check: "one-of",
      breach: `${value} NOT IN (SELECT item FROM (SELECT unnest([${values.join(", ")}]) AS item) WHERE item IS NOT NULL)`,
      expected: declared.sensitive
        ? `one of ${oneOf.length} values`
        : `one of ${oneOf.slice(0, 20).map(String).join(", ")}${oneOf.length > 20 ? " …" : ""}`,
    });
  }
  return rules;
}

function typed(text: string, type: Column["type"]): string {
  return `CAST(${fromText(literal(text), type)} AS ${SQL_TYPES[type]})`;
}

function bounded({ name, type }: TypedColumn, check: "min" | "max", bound: number | string): string {
  if (type === "long" || type === "double") {
    if (typeof bound === "number") return `CAST(${literal(String(bound))} AS DOUBLE)`;
  } else if (type === "datetime" && typeof bound === "string" && !Number.isNaN(Date.parse(bound)))
    return typed(bound, type);
  throw new SlipwayError("SPEC_INVALID", `${check} of the column ${name} does not suit its type.`, {
    expected: "a number for long and double, an ISO 8601 date for datetime; none for other types",
    found: `${JSON.stringify(bound)} for ${type}`,
    hint: "For other types use one-of.",
  });
}

function idRules(rows: Rows, { data }: ModelSpec): Rule[] {
  const id = columnNamed(rows, data.id);
  if (!id) return [];
  return [
    {
      check: "id",
      column: id.name,
      breach: `(${id.value} IS NULL OR id = '')`,
      allowed: 0,
      expected: "an id in every row",
    },
  ];
}

function labelRules(rows: Rows, spec: ModelSpec): Rule[] {
  const label = columnNamed(rows, labelColumn(spec));
  if (!label) return [];
  const about = { check: "label", column: label.name, allowed: 0 } as const;
  const present: Rule = { ...about, breach: label.missing, expected: "a label in every row" };
  if (label.type === "other") return [{ ...about, breach: "true", expected: "a number, a text or a boolean" }];
  const numeric = label.type === "long" || label.type === "double";
  if (spec.task === "regression" && !numeric)
    return [{ ...about, breach: "true", expected: `a number; the column is ${label.type}` }];
  refuseUnfitPositive(label, spec);
  const rules = [present];
  if (!label.declared) rules.push({ ...about, breach: label.unfit, expected: label.type });
  if (label.type === "long")
    rules.push({
      ...about,
      breach: `abs(CAST(${label.value} AS HUGEINT)) > 9007199254740991`,
      expected: "whole numbers within ±(2^53 − 1)",
    });
  if (label.type === "double")
    rules.push({ ...about, breach: `NOT isfinite(${label.value})`, expected: "finite numbers" });
  return rules;
}

function refuseUnfitPositive({ name, type }: TypedColumn, { data }: ModelSpec): void {
  const positive = typeof data.label === "object" ? data.label.positive : undefined;
  if (positive === undefined || type === "other" || classValue(String(positive), type) !== undefined) return;
  throw new SlipwayError("SPEC_INVALID", `The positive class cannot be a value of ${name}.`, {
    expected: `a ${type}, as the label is`,
    found: JSON.stringify(positive),
    hint: "Write data.label.positive as the label column writes it.",
  });
}

function roleRules(rows: Rows, { data }: ModelSpec): Rule[] {
  const group = columnNamed(rows, data.group);
  const time = columnNamed(rows, data.split?.time);
  return [
    ...(group
      ? [
          {
            check: "group",
            column: group.name,
            breach: `${group.value} IS NULL`,
            allowed: 0,
            expected: "a group in every row",
          } as const,
        ]
      : []),
    ...(time && rows.set === "train"
      ? [
          {
            check: "nulls",
            column: time.name,
            breach: `${time.value} IS NULL`,
            allowed: 0,
            expected: "a time in every row: the split needs it",
          } as const,
        ]
      : []),
  ];
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
    const near = closest(column, names);
    return [
      {
        set: rows.set,
        column,
        check,
        count: rows.count,
        rows: [],
        expected,
        found: `no such column; the nearest name is ${near}`,
      },
    ];
  });
}

function rowCount(rows: Rows, { data }: ModelSpec): Violation[] {
  const { min = 0, max = Number.POSITIVE_INFINITY } =
    rows.set === "train" || !(data.train || data.source) ? (data.rows ?? {}) : {};
  if (rows.count >= min && rows.count <= max) return [];
  const expected = rows.count < min ? `at least ${min} rows` : `at most ${max} rows`;
  return [{ set: rows.set, check: "rows", count: rows.count, rows: [], expected, found: `${rows.count} rows` }];
}

/** All rules in one pass over the rows; ids are looked up for broken ones alone. */
async function broken(db: Database, rows: Rows, rules: readonly Rule[]): Promise<Violation[]> {
  const violations: Violation[] = [];
  for (let at = 0; at < rules.length; at += 500) {
    const some = rules.slice(at, at + 500);
    const counts = await db.row(
      `SELECT ${some.map(({ breach }, index) => `count(*) FILTER (${breach}) AS k${index}`).join(", ")} FROM ${rows.table}`,
    );
    for (const [index, { check, column, breach, allowed, expected }] of some.entries()) {
      const count = Number(counts[`k${index}`]);
      if (count <= allowed) continue;
      violations.push({
        set: rows.set,
        ...(column === undefined ? {} : { column }),
        check,
        count,
        rows: await firstIds(db, `FROM ${rows.table} WHERE ${breach}`),
        expected,
        found: share(count, rows.count),
      });
    }
  }
  return violations;
}

async function repeats(db: Database, rows: Rows, { data }: ModelSpec): Promise<Violation[]> {
  const violations: Violation[] = [];
  for (const column of rows.columns) {
    const isId = column.name === data.id;
    if (!isId && !column.declared?.unique) continue;
    const count = await db.count(`SELECT count(${column.value}) - count(DISTINCT ${column.value}) FROM ${rows.table}`);
    if (count === 0) continue;
    const again = `FROM (SELECT *, row_number() OVER (PARTITION BY ${column.value} ORDER BY n) AS nth FROM ${rows.table}) WHERE nth > 1 AND ${column.value} IS NOT NULL`;
    violations.push({
      set: rows.set,
      column: column.name,
      check: isId ? "id" : "unique",
      count,
      rows: await firstIds(db, again),
      expected: isId ? "each id once" : "each value once",
      found: `${share(count, rows.count)} repeat an earlier one`,
    });
  }
  return violations;
}

function share(count: number, rows: number): string {
  return `${count} of ${rows} rows${rows > 0 ? ` (${percent(count / rows)})` : ""}`;
}

function percent(part: number): string {
  const value = part * 100;
  return `${value > 0 && value < 0.1 ? "< 0.1" : Number(value.toFixed(1))} %`;
}
