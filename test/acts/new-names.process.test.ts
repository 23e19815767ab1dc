import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renameModel } from "../../core/acts/change-model.ts";
import { createModel } from "../../core/acts/create-model.ts";
import { lookalikeKey } from "../../core/registry/display-name.ts";
import { refusedName } from "../../core/spec/model-names.ts";
import { slipway } from "../cli/memory-host.ts";
import { ADA } from "../registry/builders.ts";
import { plainHost } from "./plain-host.ts";

const SPEC = `slipway: 1
task: classification
data: { train: train.csv, test: test.csv, label: species }
train: { run: node train.mjs }
predict: { run: node predict.mjs }
metrics: { accuracy: { metric: accuracy_score } }
`;

async function withModel(name: string) {
  const ports = await plainHost();
  await createModel(ports, { name, by: ADA });
  return { ports, create: (other: string) => createModel(ports, { name: other, by: ADA }) };
}

describe("a new model's name", () => {
  it.each([
    ["penguins", "Penguins"],
    ["late-flights", "late_flights"],
    ["late flights", "late-flights"],
    ["model-0", "model-O"],
    ["Ill", "lll"],
    ["v1", "vl"],
    ["penguins", "ｐｅｎｇｕｉｎｓ"],
  ])("looks like %s: %s", async (first, second) => {
    const { create } = await withModel(first);
    await expect(create(second)).rejects.toMatchObject({ code: "NAME_INVALID" });
  });

  it.each([
    ["mail", "mall"],
    ["model-1", "model-2"],
    ["late", "later"],
  ])("does not look like %s: %s", async (first, second) => {
    const { create } = await withModel(first);
    expect(await create(second)).toMatchObject({ outcome: "created" });
  });

  it("is in the same folder as each that it looks like", () => {
    const name = fc.string({ unit: fc.constantFrom(..."aAiIlL1oO0-_"), minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(name, name, (one, other) => {
        if (refusedName(one, [other])?.other !== undefined) expect(lookalikeKey(one)).toBe(lookalikeKey(other));
      }),
      { numRuns: 5_000 },
    );
  });

  it.each(["con", "AUX", "nul.txt", "COM1", "lpt9"])("is no device's: %s", async (name) => {
    const { create } = await withModel("penguins");
    await expect(create(name)).rejects.toMatchObject({ code: "NAME_INVALID" });
  });

  it.each(["console", "auxiliary", "com10"])("may begin as a device's: %s", (name) => {
    expect(refusedName(name, [])).toBeUndefined();
  });

  it("is the old one in other letters, where the model itself is renamed", async () => {
    const { ports } = await withModel("penguins");
    expect(await renameModel(ports, { model: "penguins", to: "Penguins", by: ADA })).toMatchObject({
      outcome: "changed",
    });
  });

  it("looks like no name that another was renamed from or to", async () => {
    const { ports, create } = await withModel("penguins");
    await renameModel(ports, { model: "penguins", to: "birds", by: ADA });
    for (const name of ["Penguins", "Birds"])
      await expect(create(name)).rejects.toMatchObject({ code: "NAME_INVALID" });
    await create("finches");
    await expect(renameModel(ports, { model: "finches", to: "Birds", by: ADA })).rejects.toMatchObject({
      code: "NAME_INVALID",
    });
  });

  it("that was there before stays, and is made again under it", async () => {
    const { create } = await withModel("penguins");
    expect(await create("penguins")).toMatchObject({ outcome: "exists" });
  });

  it("is told of by check", async () => {
    const ports = await plainHost({ "models/late_a/model.yaml": SPEC, "models/late-a/model.yaml": SPEC });
    const { stdout } = await slipway(["check", "--json"], { cwd: ports.workspace.folder });
    expect(stdout).toContain("late-a and late_a look alike: the one that is not registered yet cannot be");
  });
});
