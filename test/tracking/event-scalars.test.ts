import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { takeRecords } from "../../core/tracking/event-records.ts";
import { type EventScalar, eventScalars } from "../../core/tracking/event-scalars.ts";

const file = (name: string) => readFileSync(fileURLToPath(new URL(`./event-files/${name}`, import.meta.url)));

/** The scalars of a file's records, and how much of it was taken. */
function scalarsOf(content: Buffer): { scalars: EventScalar[]; taken: number | "broken" } {
  const scalars: EventScalar[] = [];
  const taken = takeRecords((data) => scalars.push(...eventScalars(data)))(content);
  return { scalars, taken };
}

it("reads what tensorboardX and torch.utils.tensorboard write, and no histogram, text or picture", () => {
  const content = file("tensorboardx.tfevents");
  const { scalars, taken } = scalarsOf(content);
  expect(taken).toBe(content.length);
  expect(scalars.filter(({ tag }) => tag !== "broken")).toEqual([
    { tag: "loss/train", step: 0, value: 1, at: 1_700_000_000_000 },
    { tag: "loss/train", step: 1, value: 0.5, at: 1_700_000_001_000 },
    { tag: "loss/train", step: 2, value: 0.33333334, at: 1_700_000_002_000 },
  ]);
  expect(new Set(scalars.map(({ tag }) => tag))).toEqual(new Set(["loss/train", "broken"]));
});

it("reads tensors with one number, as TensorFlow 2 writes scalars", () => {
  const { scalars } = scalarsOf(file("tensor-scalars.tfevents"));
  expect(scalars.map(({ tag, step, value }) => [tag, step, value])).toEqual([
    ["accuracy", 0, 0.1],
    ["accuracy", 1, 0.2],
    ["accuracy", 2, 0.3],
    ["learning rate", 7, 0.001],
  ]);
});

it("waits for a record that is half written", () => {
  const content = file("tensor-scalars.tfevents");
  const { scalars, taken } = scalarsOf(content.subarray(0, content.length - 1));
  expect(scalars).toHaveLength(3);
  expect(taken).toBeLessThan(content.length - 1);
});

it("stops where a checksum is wrong", () => {
  const content = file("tensor-scalars.tfevents");
  content.writeUInt8(content.readUInt8(content.length - 6) ^ 1, content.length - 6);
  expect(scalarsOf(content).taken).toBe("broken");
});

it("throws on what is no event", () => {
  expect(() => eventScalars(Buffer.from([0x2a, 0xff, 0xff, 0xff, 0xff, 0x0f]))).toThrow();
});
