import { expect, it } from "vitest";
import { withBinaryData } from "../../../api/serving/binary-tensors.ts";
import { type Datatype, rowsOfTensors } from "../../../api/serving/tensors.ts";
import { testFace } from "./face.ts";

const INFER = "/v2/models/penguins/infer";
const text = (value: string) => {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(Buffer.byteLength(value));
  return Buffer.concat([length, Buffer.from(value)]);
};

function values(datatype: Datatype, bytes: Buffer, count: number): unknown[] {
  const input = { name: "x", shape: [count], datatype, parameters: { binary_data_size: bytes.length } };
  return rowsOfTensors(withBinaryData([input], bytes)).map(({ x }) => x);
}

it.each<[Datatype, Buffer, unknown[]]>([
  ["BOOL", Buffer.from([0, 1, 2]), [false, true, true]],
  ["INT8", Buffer.from(Int8Array.of(-1, 7).buffer), [-1, 7]],
  ["UINT8", Buffer.from([255]), [255]],
  ["INT16", Buffer.from(Int16Array.of(-2).buffer), [-2]],
  ["UINT16", Buffer.from(Uint16Array.of(65_535).buffer), [65_535]],
  ["INT32", Buffer.from(Int32Array.of(-3).buffer), [-3]],
  ["UINT32", Buffer.from(Uint32Array.of(4_294_967_295).buffer), [4_294_967_295]],
  ["INT64", Buffer.from(BigInt64Array.of(-2007n).buffer), [-2007]],
  ["UINT64", Buffer.from(BigUint64Array.of(2007n).buffer), [2007]],
  ["FP16", Buffer.from(Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7e00).buffer), [1, -2, 2 ** -24, null]],
  ["FP32", Buffer.from(Float32Array.of(1.5, Number.NaN).buffer), [1.5, null]],
  ["FP64", Buffer.from(Float64Array.of(39.1).buffer), [39.1]],
  ["BYTES", Buffer.concat([text("Dream"), text(""), text("é")]), ["Dream", "", "é"]],
])("%s is read from its bytes", (datatype, bytes, expected) => {
  expect(values(datatype, bytes, expected.length)).toEqual(expected);
});

it.each<[string, Datatype, Buffer]>([
  ["half a value", "INT16", Buffer.alloc(3)],
  ["a text that ends too soon", "BYTES", Buffer.from([9, 0, 0, 0, 65])],
  ["half a length", "BYTES", Buffer.from([1, 0])],
  ["a text that is not UTF-8", "BYTES", Buffer.from([1, 0, 0, 0, 255])],
  ["more values than the shape says", "UINT8", Buffer.alloc(2)],
])("%s is refused", (_, datatype, bytes) => {
  expect(() => values(datatype, bytes, 1)).toThrow("Input x");
});

it.each([
  ["says more bytes than there are", 9],
  ["says fewer bytes than there are", 7],
  ["says no whole number", 1.5],
  ["says none", undefined],
])("a size that %s is refused", (_, binary_data_size) => {
  const input = { name: "x", shape: [1], datatype: "FP64" as const, parameters: { binary_data_size } };
  expect(() => withBinaryData([input], Buffer.alloc(8))).toThrow();
});

it("infer answers numbers that follow the JSON", async () => {
  const { url } = await testFace();
  const island = Buffer.concat([text("Dream"), text("Biscoe")]);
  const bill = Buffer.from(Float64Array.of(39.1, 47.5).buffer);
  const inputs = [
    { name: "bill_length_mm", shape: [2], datatype: "FP64", parameters: { binary_data_size: bill.length } },
    { name: "island", shape: [2, 1], datatype: "BYTES", parameters: { binary_data_size: island.length } },
  ];
  const json = Buffer.from(JSON.stringify({ inputs }));
  const response = await fetch(`${url}${INFER}`, {
    method: "POST",
    headers: { "content-type": "application/octet-stream", "inference-header-content-length": String(json.length) },
    body: Buffer.concat([json, bill, island]),
  });
  expect(await response.json()).toMatchObject({ outputs: [{ data: ["adelie", "gentoo"] }] });
});

it.each(["999", "-1", "x"])("a length of JSON that the body has not is refused: %s", async (length) => {
  const { post } = await testFace();
  const headers = { "inference-header-content-length": length };
  expect(await post(INFER, "{}", headers)).toMatchObject({ status: 400, body: { error: expect.any(String) } });
});
