import { RefusedRequest } from "./refusal.ts";
import type { Datatype, InputTensor } from "./tensors.ts";

/** The header that says how many bytes of a body are its JSON: numbers follow as bytes, as clients with NumPy send them. */
export const JSON_LENGTH = "inference-header-content-length";

/** A body of the protocol's binary extension, parted. Refuses with 400 a length that the body does not have. */
export function partBody(body: Buffer, jsonLength: string): { json: Buffer; rest: Buffer } {
  const length = /^\d{1,15}$/.test(jsonLength) ? Number(jsonLength) : Number.NaN;
  if (!(length <= body.length))
    throw new RefusedRequest(400, `${JSON_LENGTH}: expected at most ${body.length}, found ${jsonLength.slice(0, 20)}.`);
  return { json: body.subarray(0, length), rest: body.subarray(length) };
}

/** Inputs with the data that follows a body's JSON, in their order. Refuses with 400 what has another length. */
export function withBinaryData(inputs: readonly InputTensor[], rest: Buffer): InputTensor[] {
  let at = 0;
  const whole = inputs.map((input) => {
    const size = input.parameters?.["binary_data_size"];
    if (size === undefined) return input;
    const end = at + Number(size);
    if (!Number.isInteger(size) || !(end >= at && end <= rest.length))
      throw wrong(input, `a binary_data_size within the ${rest.length} bytes that follow`, String(size));
    const bytes = rest.subarray(at, end);
    at = end;
    return { ...input, data: input.datatype === "BYTES" ? texts(input, bytes) : numbers(input, input.datatype, bytes) };
  });
  if (at === rest.length) return whole;
  throw new RefusedRequest(400, `${rest.length - at} bytes follow the inputs' data.`);
}

type NumberType = Exclude<Datatype, "BYTES">;

/** Bytes of a value, and how it is read: little-endian. NaN is no value. */
const READERS: Readonly<Record<NumberType, readonly [number, (bytes: Buffer, at: number) => number | boolean]>> = {
  BOOL: [1, (bytes, at) => bytes.readUInt8(at) !== 0],
  UINT8: [1, (bytes, at) => bytes.readUInt8(at)],
  UINT16: [2, (bytes, at) => bytes.readUInt16LE(at)],
  UINT32: [4, (bytes, at) => bytes.readUInt32LE(at)],
  UINT64: [8, (bytes, at) => Number(bytes.readBigUInt64LE(at))],
  INT8: [1, (bytes, at) => bytes.readInt8(at)],
  INT16: [2, (bytes, at) => bytes.readInt16LE(at)],
  INT32: [4, (bytes, at) => bytes.readInt32LE(at)],
  INT64: [8, (bytes, at) => Number(bytes.readBigInt64LE(at))],
  FP16: [2, (bytes, at) => half(bytes.readUInt16LE(at))],
  FP32: [4, (bytes, at) => bytes.readFloatLE(at)],
  FP64: [8, (bytes, at) => bytes.readDoubleLE(at)],
};

function numbers(input: InputTensor, datatype: NumberType, bytes: Buffer): (number | boolean | null)[] {
  const [size, read] = READERS[datatype];
  const count = countOf(input);
  if (bytes.length !== count * size) throw wrong(input, `${count} values of ${size} bytes`, `${bytes.length} bytes`);
  return Array.from({ length: count }, (_, at) => {
    const value = read(bytes, at * size);
    return Number.isNaN(value) ? null : value;
  });
}

/** How many values its shape says that there are. */
function countOf({ shape }: InputTensor): number {
  return shape.reduce((product, each) => product * each, 1);
}

/** IEEE 754's number of 16 bits. */
function half(bits: number): number {
  const [sign, exponent, fraction] = [bits >> 15 === 0 ? 1 : -1, (bits >> 10) & 31, (bits & 1023) / 1024];
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * 2 ** -14 * fraction : sign * 2 ** (exponent - 15) * (1 + fraction);
}

/** Each text after its length in four bytes. */
function texts(input: InputTensor, bytes: Buffer): string[] {
  const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const found: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 4 <= bytes.length ? at + 4 + bytes.readUInt32LE(at) : Number.POSITIVE_INFINITY;
    if (found.length === countOf(input)) throw wrong(input, `${found.length} texts`, "more bytes");
    if (end > bytes.length) throw wrong(input, "a length of four bytes before each text", "bytes that end too soon");
    try {
      found.push(utf8.decode(bytes.subarray(at + 4, end)));
    } catch {
      throw wrong(input, "texts in UTF-8", "other bytes");
    }
    at = end;
  }
  return found;
}

function wrong({ name }: InputTensor, expected: string, found: string) {
  return new RefusedRequest(400, `Input ${name.slice(0, 100)}: expected ${expected}, found ${found}.`);
}
