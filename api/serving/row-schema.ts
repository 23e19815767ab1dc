import { declaredColumn, mayBeNull } from "../../core/serving/check-rows.ts";
import type { RowsExpected } from "../../core/serving/served.ts";
import type { Column, ColumnType } from "../../schemas/model-spec.ts";

type JsonSchema = Readonly<Record<string, unknown>>;

const TYPES: Readonly<Record<ColumnType, JsonSchema>> = {
  long: { type: "integer", minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER },
  double: { type: "number" },
  boolean: { type: "boolean" },
  string: { type: "string" },
  datetime: { type: "string", description: "ISO 8601; UTC where no offset is given." },
  file: { not: {} },
};
/** As many values of `one-of` are listed; a longer list says nothing to a reader. */
const MAX_LISTED = 100;

/** The JSON Schema of a row, as `rowCheck` takes it. Of a sensitive column it names no value. */
export function rowSchema({ signature, columns, unknownColumns }: RowsExpected): JsonSchema {
  const properties = signature.inputs.map(({ name, type, optional }) => [
    name,
    columnSchema(type, declaredColumn(columns, name), optional),
  ]);
  return {
    type: "object",
    properties: Object.fromEntries(properties),
    required: signature.inputs.flatMap(({ name, optional }) => (optional ? [] : [name])),
    additionalProperties: unknownColumns === "ignore",
  };
}

function columnSchema(type: ColumnType, declared: Column | undefined, optional?: boolean): JsonSchema {
  const value = { ...TYPES[type], ...(declared === undefined ? {} : bounds(type, declared)) };
  return mayBeNull(declared, optional) ? { anyOf: [value, { type: "null" }] } : value;
}

function bounds(type: ColumnType, { min, max, "one-of": oneOf, sensitive }: Column): JsonSchema {
  const isNumber = type === "long" || type === "double";
  const listed = oneOf !== undefined && !sensitive && oneOf.length <= MAX_LISTED && type !== "datetime";
  return {
    ...(isNumber && typeof min === "number" ? { minimum: min } : {}),
    ...(isNumber && typeof max === "number" ? { maximum: max } : {}),
    ...(listed ? { enum: oneOf.map((value) => typed(String(value), type)) } : {}),
  };
}

function typed(text: string, type: ColumnType): string | number | boolean {
  if (type === "string") return text;
  return type === "boolean" ? /^(true|1(\.0)?)$/i.test(text) : Number(text);
}
