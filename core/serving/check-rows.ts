import type { Column, ColumnType } from "../../schemas/model-spec.ts";
import { expectedAndFound, SlipwayError } from "../errors.ts";
import { isoTime } from "../iso-time.ts";
import type { Row, Scalar } from "../runtime/answering/answering.ts";
import type { RowsExpected } from "./served.ts";

/** A field of a CSV file: a text, which says a value of the type that its column has. An empty one is null. */
export class FieldText {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** What is wrong with a column, or with the rows as a whole. Of a sensitive column no value is told. */
export interface RowProblem {
  column?: string;
  /** The first row that has it, from 1, and how many have it. */
  row: number;
  rows: number;
  expected: string;
  found: string;
}

/** The signature's columns in its order, or what is wrong: at most MAX_PROBLEMS. */
export type CheckedRows = { rows: Row[] } | { problems: RowProblem[] };
export type RowCheck = (rows: readonly Readonly<Record<string, unknown>>[]) => CheckedRows;

const MAX_PROBLEMS = 20;
const MAX_SHOWN = 100;

const TYPES: Readonly<Record<ColumnType, string>> = {
  long: "a whole number within ±(2^53 − 1) (long)",
  double: "a number (double)",
  boolean: "true or false (boolean)",
  string: "a text (string)",
  datetime: "an ISO 8601 time, such as 2024-01-31T09:00:00Z (datetime)",
  file: "no request: the model reads files, which a request cannot bring",
};

/** What requests for one version are held to, made once: the types of the signature, and what the spec's columns say. */
export function rowCheck(expected: RowsExpected): RowCheck {
  const { signature, columns, nullValues = [], maxRows, unknownColumns, idColumn } = expected;
  const nulls = new Set(["", ...nullValues]);
  const cells = signature.inputs.map(({ name, type, optional }) =>
    cellCheck({ name, type, declared: declaredColumn(columns, name), optional, nulls }),
  );
  const known = new Set([...signature.inputs.map(({ name }) => name), idColumn]);
  return (rows) => {
    if (rows.length === 0 || rows.length > maxRows) return { problems: [wrongCount(rows.length, maxRows)] };
    const problems = new Map<string, RowProblem>();
    const refuse = (row: number, column: string, expected: string, found: string) => {
      const before = problems.get(`${column}\n${expected}`);
      if (before) before.rows += 1;
      else if (problems.size < MAX_PROBLEMS)
        problems.set(`${column}\n${expected}`, { column, row, rows: 1, expected, found });
    };
    const checked = rows.map((row, at) => {
      if (unknownColumns === "refuse")
        for (const name of Object.keys(row))
          if (!known.has(name))
            refuse(at + 1, name.slice(0, MAX_SHOWN), "no such column", "one that the model has not");
      return Object.fromEntries(cells.map((cell) => [cell.name, cell.read(row, at + 1, refuse)]));
    });
    return problems.size === 0 ? { rows: checked } : { problems: [...problems.values()] };
  };
}

/** The refusal of rows, with a problem for each column that is wrong. */
export function rowsInvalid(problems: readonly RowProblem[]): SlipwayError {
  const each = problems.map(({ column, row, rows, expected, found }) => ({
    code: "ROWS_INVALID",
    message: column === undefined ? "The rows cannot be answered." : `${column} in row ${row}${others(rows - 1)}`,
    expected,
    found,
  }));
  const [first] = each;
  if (first === undefined) throw new TypeError("no problem");
  const more = each.length === 1 ? "" : `; ${each.length - 1} more`;
  return new SlipwayError("ROWS_INVALID", `${first.message}: ${expectedAndFound(first)}${more}`, { problems: each });
}

function others(count: number): string {
  return count === 0 ? "" : ` and ${count} more row${count === 1 ? "" : "s"}`;
}

/** What is wrong with so many rows. */
export function wrongCount(count: number, maxRows: number): RowProblem {
  const expected = count === 0 ? "at least one row" : `at most ${maxRows} rows a request`;
  return { row: 1, rows: count, expected, found: count === 0 ? "none" : `${count} rows` };
}

/** As trained: a column that the spec does not declare was trained with whatever it held. */
export function mayBeNull(declared: Column | undefined, optional = false): boolean {
  return optional || declared === undefined || (declared.nulls ?? 0) > 0;
}

/** What the spec says of a column of that name. */
export function declaredColumn(columns: RowsExpected["columns"], name: string): Column | undefined {
  return Object.hasOwn(columns, name) ? columns[name] : undefined;
}

interface CellCheck {
  name: string;
  /** The value as user code gets it; null where it was refused. */
  read(row: Readonly<Record<string, unknown>>, at: number, refuse: Refuse): Scalar;
}
type Refuse = (row: number, column: string, expected: string, found: string) => void;

interface Cell {
  name: string;
  type: ColumnType;
  declared: Column | undefined;
  optional: boolean | undefined;
  /** Texts of a CSV field that mean null. */
  nulls: ReadonlySet<string>;
}

function cellCheck({ name, type, declared, optional, nulls }: Cell): CellCheck {
  const nullable = mayBeNull(declared, optional);
  const rules = declared === undefined ? [] : valueRules(type, declared);
  const isSensitive = declared?.sensitive === true;
  const ofField = (text: string) => (nulls.has(text) ? null : fromText(text, type));
  return {
    name,
    read(row, at, refuse) {
      if (!Object.hasOwn(row, name)) {
        if (!optional) refuse(at, name, TYPES[type], "no such column");
        return null;
      }
      const sent = row[name];
      const value = sent instanceof FieldText ? ofField(sent.text) : sent;
      if (value === null) {
        if (!nullable) refuse(at, name, "no nulls", "null");
        return null;
      }
      const found = () => shown(sent instanceof FieldText ? sent.text : sent, isSensitive);
      if (!FITS[type](value)) {
        refuse(at, name, TYPES[type], found());
        return null;
      }
      const fit = value as Exclude<Scalar, null>;
      for (const { holds, expected } of rules) if (!holds(fit)) refuse(at, name, expected, found());
      return fit;
    },
  };
}

const FITS: Readonly<Record<ColumnType, (value: unknown) => boolean>> = {
  long: (value) => Number.isSafeInteger(value),
  double: (value) => Number.isFinite(value),
  boolean: (value) => typeof value === "boolean",
  string: (value) => typeof value === "string",
  datetime: (value) => typeof value === "string" && value.length <= MAX_SHOWN && isoTime(value) !== undefined,
  file: () => false,
};

/** As `core/data/types.ts` reads a CSV field; a text that fits no value of the type stays a text, which is refused. */
function fromText(text: string, type: ColumnType): string | number | boolean | null {
  const plain = text.trim();
  if (type === "long") return /^[+-]?\d+(\.0*)?$/.test(plain) ? Number(plain) : text;
  if (type === "double") {
    if (/^nan$/i.test(plain)) return null;
    return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain) ? Number(plain) : text;
  }
  if (type === "boolean") return BOOLEANS.get(plain.toLowerCase()) ?? text;
  return text;
}

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...["true", "1", "1.0"].map((text) => [text, true] as const),
  ...["false", "0", "0.0"].map((text) => [text, false] as const),
]);

interface ValueRule {
  holds(value: Exclude<Scalar, null>): boolean;
  expected: string;
}

/** What the spec's column says of its values. A value that stands twice in a request is no fault: `unique` speaks of data sets. */
function valueRules(type: ColumnType, { min, max, "one-of": oneOf, sensitive }: Column): ValueRule[] {
  const place = (value: unknown) => (type === "datetime" ? isoTime(String(value)) : Number(value)) ?? Number.NaN;
  const [least, most] = [place(min), place(max)];
  const rules: ValueRule[] = [];
  if (min !== undefined) rules.push({ holds: (value) => place(value) >= least, expected: `at least ${min}` });
  if (max !== undefined) rules.push({ holds: (value) => place(value) <= most, expected: `at most ${max}` });
  if (oneOf !== undefined) {
    const key = (value: unknown) =>
      type === "string" ? String(value) : type === "datetime" ? place(value) : fromText(String(value), type);
    const allowed = new Set(oneOf.map(key));
    const named = `${oneOf.slice(0, 20).map(String).join(", ")}${oneOf.length > 20 ? ", …" : ""}`;
    rules.push({
      holds: (value) => allowed.has(key(value)),
      expected: sensitive ? `one of ${oneOf.length} values` : `one of ${named}`,
    });
  }
  return rules;
}

function shown(value: unknown, isSensitive: boolean): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  if (isSensitive)
    return typeof value === "string" ? "a text that does not fit" : `a ${typeof value} that does not fit`;
  const text = JSON.stringify(value);
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN - 1)}…`;
}
