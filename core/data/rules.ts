import type { Violation } from "../../schemas/data-record.ts";
import type { Column, ModelSpec } from "../../schemas/model-spec.ts";
import { SlipwayError } from "../errors.ts";
import { isoTime } from "../iso-time.ts";
import { classValue } from "./class-values.ts";
import { labelColumn, labelOfClasses, timeColumn } from "./roles.ts";
import { columnNamed, type Rows, type TypedColumn } from "./rows.ts";
import { literal } from "./sql.ts";
import { fromText, SQL_TYPES } from "./types.ts";

/** A rule whose breaches are rows. */
export interface Rule {
  check: Violation["check"];
  column?: string;
  /** True for a row that breaks it. */
  breach: string;
  /** How many breaches are allowed. */
  allowed: number;
  expected: string;
  /** Its breaches are rows without a value. */
  ofMissing?: true;
}

type RuledColumn = Pick<TypedColumn, "name" | "type" | "declared" | "value" | "unfit" | "missing">;

const EXACT_NUMBERS = "whole numbers within ±(2^53 − 1)";

/** A condition on a BIGINT: JavaScript's numbers, and JSON's in most readers, do not hold it exactly. */
export function inexact(value: string): string {
  return `abs(CAST(${value} AS HUGEINT)) > ${Number.MAX_SAFE_INTEGER}`;
}

/** What the rows of a set are held to. Rejects with SPEC_INVALID a rule that its column's type cannot have. */
export function rulesOf(rows: Rows, spec: ModelSpec): Rule[] {
  return [
    ...rows.columns.flatMap((column) => columnRules(column, rows)),
    ...idRules(rows, spec),
    ...labelRules(rows, spec),
    ...roleRules(rows, spec),
  ];
}

/** What the spec says of a column's values, as rules for `count` rows. Rejects as `rulesOf` does. */
export function columnRules(column: RuledColumn, { count }: Pick<Rows, "count">): Rule[] {
  const { name, type, declared, value, unfit, missing } = column;
  if (!declared || type === "other") return [];
  const about = { column: name, allowed: 0 };
  const rules: Rule[] = [
    { ...about, check: "type", breach: unfit, expected: type },
    {
      column: name,
      check: "nulls",
      breach: missing,
      ofMissing: true,
      allowed: Math.floor((declared.nulls ?? 0) * count + 1e-9),
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

function bounded({ name, type }: RuledColumn, check: "min" | "max", bound: number | string): string {
  if (type === "long" || type === "double") {
    // A double would be one with its neighbours past 2^53.
    if (type === "long" && Number.isSafeInteger(bound)) return `CAST(${literal(String(bound))} AS BIGINT)`;
    if (typeof bound === "number") return `CAST(${literal(String(bound))} AS DOUBLE)`;
  } else if (type === "datetime" && typeof bound === "string" && isoTime(bound) !== undefined)
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
      breach: `(${id.identity.value} IS NULL OR id = '')`,
      allowed: 0,
      expected: "an id in every row",
    },
  ];
}

function labelRules(rows: Rows, spec: ModelSpec): Rule[] {
  const label = columnNamed(rows, labelColumn(spec));
  if (!label) return [];
  const about = { check: "label", column: label.name, allowed: 0 } as const;
  const present: Rule = { ...about, breach: label.missing, ofMissing: true, expected: "a label in every row" };
  if (label.type === "other" || label.type === "datetime")
    return [
      {
        ...about,
        breach: "true",
        expected: `a number, a text or a boolean; the column is ${label.type === "other" ? "none of MLflow's types" : label.type}`,
      },
    ];
  const numeric = label.type === "long" || label.type === "double";
  if (spec.task === "regression" && !numeric)
    return [{ ...about, breach: "true", expected: `a number; the column is ${label.type}` }];
  refuseUnfitPositive(label, spec);
  const rules = [present];
  const { identity } = label;
  if (!label.declared && identity.type !== "string")
    rules.push({ ...about, breach: label.unfit, expected: label.type });
  if (identity.type === "long") rules.push({ ...about, breach: inexact(identity.value), expected: EXACT_NUMBERS });
  if (label.type === "double")
    rules.push({ ...about, breach: `NOT isfinite(${label.value})`, expected: "finite numbers" });
  if (label.name === labelOfClasses(spec) && identity.type === "double")
    rules.push({
      ...about,
      breach: `${label.value} <> trunc(${label.value})`,
      expected:
        "classes: text, true or false, or whole numbers (declare { type: string } where these are classes' names; task: regression estimates numbers)",
    });
  return rules;
}

function refuseUnfitPositive({ name, identity: { type } }: TypedColumn, { data }: ModelSpec): void {
  const positive = typeof data.label === "object" ? data.label.positive : undefined;
  if (positive === undefined || type === "other" || classValue(String(positive), type) !== undefined) return;
  throw new SlipwayError("SPEC_INVALID", `The positive class cannot be a value of ${name}.`, {
    expected: `a ${type}, as the label is`,
    found: JSON.stringify(positive),
    hint: "Write data.label.positive as the label column writes it.",
  });
}

function roleRules(rows: Rows, spec: ModelSpec): Rule[] {
  const { data } = spec;
  const group = columnNamed(rows, data.group);
  const time = columnNamed(rows, timeColumn(spec));
  return [
    ...(group
      ? [
          {
            check: "group",
            column: group.name,
            breach: `${group.identity.value} IS NULL`,
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

/** A share in per cent, as people read it. */
export function percent(part: number): string {
  const value = part * 100;
  return `${value > 0 && value < 0.1 ? "< 0.1" : Number(value.toFixed(1))} %`;
}
