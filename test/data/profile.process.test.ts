import { expect, it } from "vitest";
import { DataProfile } from "../../schemas/data-record.ts";
import { prepare } from "./setting.ts";

async function profileOf(rows: string, data: Record<string, unknown> = {}) {
  const { profile } = await prepare(
    { "t.csv": rows },
    { test: "t.csv", ...data },
    { task: "custom", train: undefined },
  );
  return DataProfile.parse(profile);
}

it("profiles numbers by range, mean, deviation and eleven quantiles", async () => {
  const { columns } = await profileOf(`x\n${Array.from({ length: 11 }, (_, index) => `${index * 10}\n`).join("")}`);
  expect(columns["x"]).toEqual({
    type: "long",
    nulls: 0,
    nan: 0,
    infinite: 0,
    distinct: expect.any(Number),
    min: 0,
    max: 100,
    mean: 50,
    std: expect.closeTo(Math.sqrt(1_000), 9),
    quantiles: [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100],
    cuts: [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100],
    counts: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0],
  });
});

it("profiles text that repeats by its most frequent values", async () => {
  const { columns } = await profileOf("x\nb\na\nb\nb\na\n");
  expect(columns["x"]?.top).toEqual([
    { value: "b", count: 3 },
    { value: "a", count: 2 },
  ]);
});

it("lists the hundred most frequent values of text that repeats often, and counts the rest", async () => {
  const rows = Array.from({ length: 120 }, (_, value) => `k${value}\n`.repeat(value < 20 ? 30 : 60)).join("");
  const { columns } = await profileOf(`x\n${rows}`);
  expect(columns["x"]?.top).toHaveLength(100);
  expect(columns["x"]).toMatchObject({ other: 600 });
});

it("tells exactly how many values there are, where it lists all", async () => {
  const { columns } = await profileOf(`x\n${Array.from({ length: 300 }, (_, row) => `k${row % 90}\n`).join("")}`);
  expect(columns["x"]).toMatchObject({ distinct: 90, other: 0 });
});

it("lists no text that is longer than two hundred characters: cut short, two of them might look the same", async () => {
  const long = "a".repeat(201);
  const { columns } = await profileOf(`x\n${`${long}\n`.repeat(3)}b\nb\n`);
  expect(columns["x"]).toMatchObject({ top: [{ value: "b", count: 2 }], other: 3 });
});

it("counts infinite numbers apart from the bins", async () => {
  const { columns } = await profileOf("x\n1\n2\ninf\n-inf\n");
  expect(columns["x"]).toMatchObject({ infinite: 2, cuts: [1, 2], counts: [1, 1, 0] });
});

it("says of ids and groups what they name, and keeps no counts of them", async () => {
  const { columns } = await profileOf("id,g,x\n1,5,1\n2,5,2\n", { id: "id", group: "g" });
  expect(columns["id"]).toMatchObject({ names: "rows" });
  expect(columns["g"]).toMatchObject({ names: "groups" });
  expect(columns["id"]).not.toHaveProperty("counts");
  expect(columns["g"]).not.toHaveProperty("counts");
});

it("keeps text that does not repeat, ids and groups to itself", async () => {
  const { columns } = await profileOf("id,g,note\n1a,k,one\n2a,k,two\n3a,k,three\n4a,k,four\n", {
    id: "id",
    group: "g",
  });
  expect(Object.values(columns).map(({ top }) => top)).toEqual([undefined, undefined, undefined]);
});

it("counts the nulls of a sensitive column and says no more", async () => {
  const { columns } = await profileOf("x,z\n1,1\n,2\n", {
    columns: { x: { type: "long", nulls: 1, sensitive: true } },
  });
  expect(columns["x"]).toEqual({ type: "long", nulls: 1 });
});

it("survives numbers whose variance overflows, and infinite ones", async () => {
  const { columns } = await profileOf("x\n1e300\n-1e300\ninf\n");
  expect(columns["x"]).toMatchObject({ min: -1e300, max: 1e300 });
  expect(columns["x"]).not.toHaveProperty("std");
});

it("profiles a column without a value", async () => {
  const { columns } = await profileOf("x,y\n1,\n2,\n");
  expect(columns["y"]).toEqual({ type: "string", nulls: 2, distinct: 0, top: [], other: 0 });
});
