import { z } from "zod";
import type { Prediction, Scalar } from "../../core/runtime/answering/answering.ts";
import type { Signature } from "../../schemas/manifest.ts";
import type { ColumnType } from "../../schemas/model-spec.ts";
import { RefusedRequest } from "./refusal.ts";
import { Fields, List, listOf, refuseTooMany } from "./size.ts";

const whole = (least: number, most: number) => (value: unknown) =>
  Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
const signed = (bits: number) => whole(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1);
const unsigned = (bits: number) => whole(0, 2 ** bits - 1);
const isNumber = (value: unknown) => typeof value === "number";

/** The Open Inference Protocol's datatypes, and which of JSON's values each has. */
const DATATYPES = {
  BOOL: (value: unknown) => typeof value === "boolean",
  UINT8: unsigned(8),
  UINT16: unsigned(16),
  UINT32: unsigned(32),
  UINT64: unsigned(64),
  INT8: signed(8),
  INT16: signed(16),
  INT32: signed(32),
  INT64: signed(64),
  FP16: isNumber,
  FP32: isNumber,
  FP64: isNumber,
  BYTES: (value: unknown) => typeof value === "string",
} as const;
export type Datatype = keyof typeof DATATYPES;

const OF_TYPE: Readonly<Record<ColumnType, Datatype>> = {
  long: "INT64",
  double: "FP64",
  boolean: "BOOL",
  string: "BYTES",
  datetime: "BYTES",
  file: "BYTES",
};

const parameters = Fields.nullish();

export const InputTensor = z.object({
  name: z.string().max(1_000),
  shape: listOf(z.int().min(0), 1, 8),
  datatype: z.enum(Object.keys(DATATYPES) as [Datatype, ...Datatype[]]),
  data: List.optional(),
  parameters,
});
export type InputTensor = z.infer<typeof InputTensor>;

export interface Tensor {
  name: string;
  shape: number[];
  datatype: Datatype;
  data: readonly Scalar[];
}

/** What a model's metadata says of columns: as many rows as there are. */
export function described(fields: Signature["inputs"]): { name: string; datatype: Datatype; shape: [-1] }[] {
  return fields.map(({ name, type }) => ({ name, datatype: OF_TYPE[type], shape: [-1] }));
}

/** Refuses inputs that say of themselves that they have too many rows. */
export function refuseLong(inputs: readonly InputTensor[], most: number): void {
  refuseTooMany(Math.max(...inputs.map(({ shape: [count = 0] }) => count)), most, inputs.length);
}

/** One input a column, of shape [n] or [n,1], into rows. Refuses with 400 what has another shape, length or type. */
export function rowsOfTensors(inputs: readonly InputTensor[]): Record<string, unknown>[] {
  const columns = new Map<string, readonly unknown[]>();
  for (const input of inputs) {
    if (columns.has(input.name)) throw wrong(input, "each name once", "twice");
    columns.set(input.name, columnOf(input));
  }
  const [[, first] = ["", []]] = columns;
  for (const input of inputs)
    if (input.shape[0] !== first.length)
      throw wrong(input, `${first.length} rows, as the first has`, `${input.shape[0]}`);
  const entries = [...columns];
  return first.map((_, row) => Object.fromEntries(entries.map(([name, values]) => [name, values[row]])));
}

function columnOf(input: InputTensor): readonly unknown[] {
  const { shape, datatype } = input;
  const [count = 0, ...inner] = shape;
  if (inner.length > 1 || (inner.length === 1 && inner[0] !== 1))
    throw wrong(input, "a column of the table, of shape [n] or [n,1]", `shape [${shape.join(",")}]`);
  if (input.data === undefined) throw wrong(input, "data", "none");
  const data = flat(input.data);
  if (data.length !== count) throw wrong(input, `${count} values, as its shape says`, `${data.length}`);
  const at = data.findIndex((value) => value !== null && !DATATYPES[datatype](value));
  if (at >= 0) throw wrong(input, `values of ${datatype}`, `another in row ${at + 1}`);
  return data;
}

/** Row-major data, nested or flat. Deeper than any shape that is taken, a list stays one, and is no value. */
function flat(data: readonly unknown[]): readonly unknown[] {
  return data.some(Array.isArray) ? data.flat(1) : data;
}

function wrong({ name }: InputTensor, expected: string, found: string) {
  return new RefusedRequest(400, `Input ${name.slice(0, 100)}: expected ${expected}, found ${found}.`);
}

/** Predictions, a tensor for each of their columns; of those, what `wanted` names. Refuses an output that there is not. */
export function tensorsOf(
  predictions: readonly Prediction[],
  outputs: Signature["outputs"],
  wanted: readonly string[] | undefined,
): Tensor[] {
  const names = [...new Set(predictions.flatMap((prediction) => Object.keys(prediction)))];
  const missing = wanted?.find((name) => !names.includes(name));
  if (missing !== undefined)
    throw new RefusedRequest(400, `There is no output ${missing.slice(0, 100)}; expected ${names.join(", ")}.`);
  return (wanted ?? names).map((name) => {
    const values = predictions.map((prediction) => prediction[name] ?? null);
    const datatype = datatypeOf(values, outputs.find((output) => output.name === name)?.type);
    const data = datatype === "BYTES" ? values.map((value) => (value === null ? null : String(value))) : values;
    return { name, shape: [values.length], datatype, data };
  });
}

/** The signature's, where the values have it; otherwise the values say. */
function datatypeOf(values: readonly Scalar[], type: ColumnType | undefined): Datatype {
  const all = (datatype: Datatype) => values.every((value) => value === null || DATATYPES[datatype](value));
  if (type === "string" || type === "datetime") return "BYTES";
  if (type === "long" && all("INT64")) return "INT64";
  if (all("FP64")) return "FP64";
  return all("BOOL") ? "BOOL" : "BYTES";
}
