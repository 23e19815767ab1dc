import { describe, expect, it } from "vitest";
import { fingerprint } from "../../core/plan/fingerprint.ts";
import type { ModelSpec } from "../../schemas/model-spec.ts";
import { memoryTree } from "../helpers/memory-tree.ts";
import type { Content } from "../helpers/repository.ts";

const runtime = { platform: "linux", arch: "x64", programs: { node: "v20.0.0" } };
const spec: ModelSpec = {
  slipway: 1,
  task: "regression",
  data: { train: "train.csv", test: "test.csv", label: "y" },
  train: { run: "node train.mjs" },
  predict: { run: "node predict.mjs" },
  metrics: {},
};
const files: Record<string, Content> = { "m/a/train.csv": "1", "m/a/test.csv": "2", "m/a/x.mjs": "x" };

async function of(change: Partial<ModelSpec> = {}, more: Record<string, Content> = {}, programs = runtime) {
  const tree = memoryTree({ ...files, ...more });
  return (await fingerprint({ folder: "m/a", path: "m/a/model.yaml", spec: { ...spec, ...change } }, tree, programs))
    .fingerprint;
}

describe("fingerprint", () => {
  it.each<[string, Partial<ModelSpec>]>([
    ["task", { task: "custom" }],
    ["label", { data: { ...spec.data, label: "z" } }],
    ["columns", { data: { ...spec.data, columns: { y: { type: "double" } } } }],
    ["training command", { train: { run: "node other.mjs" } }],
    ["parameters", { train: { run: "node train.mjs", params: '{"a":1}' } }],
    ["seed", { train: { run: "node train.mjs", seed: 1 } }],
    ["prediction command", { predict: { run: "node other.mjs" } }],
    ["program that answers", { serve: { run: "node serve.mjs" } }],
    ["variables", { environment: { env: { A: "1" } } }],
    ["image", { environment: { image: "python:3.12" } }],
    ["declared code", { code: ["train.csv", "../../m"] }],
  ])("differs with another %s", async (_, change) => {
    expect(await of(change, { "m/b.mjs": "beside" })).not.toBe(await of({}, { "m/b.mjs": "beside" }));
  });

  it.each<[string, Partial<ModelSpec>]>([
    ["owner", { owner: "me" }],
    ["metrics", { metrics: { r2: { metric: "r2_score" } } }],
    ["slices", { slices: ["a"] }],
    ["gates", { gates: { register: [{ metric: "r2", "at-least": 0 }] } }],
    ["time-outs and runners", { train: { run: "node train.mjs", timeout: "1m", "runs-on": "gpu" } }],
    ["settings of what answers", { serve: { workers: 2, timeout: "2s", "max-rows": 10 } }],
  ])("is the same with other %s", async (_, change) => {
    expect(await of(change)).toBe(await of());
  });

  it("differs where a file beside the data changed that rows may name, also outside of the code", async () => {
    const data = {
      train: "../../rows/train.csv",
      test: "../../rows/test.csv",
      columns: { scan: { type: "file" as const } },
    };
    const rows = { "rows/train.csv": "1", "rows/test.csv": "2" };
    const change = { code: ["x.mjs"], data: { ...data, label: "y" } };
    const before = await of(change, { ...rows, "rows/scans/1.png": "before" });
    expect(await of(change, { ...rows, "rows/scans/1.png": "after" })).not.toBe(before);
  });

  it("differs with an executable bit, a program's version and an architecture", async () => {
    const all = [
      await of(),
      await of({}, { "m/a/x.mjs": { run: "x" } }),
      await of({}, {}, { ...runtime, programs: { node: "v22.0.0" } }),
      await of({}, {}, { ...runtime, arch: "arm64" }),
    ];
    expect(new Set(all).size).toBe(4);
  });

  it("takes remote data by its pinned digest", async () => {
    const data = { ...spec.data, train: "https://example.org/a.csv" };
    const lock = (digit: string) =>
      JSON.stringify({ slipway: 1, files: [{ uri: data.train, sha256: digit.repeat(64), size: 1 }] });
    const pinned = await of({ data }, { "m/a/data.lock.json": lock("1") });
    expect(await of({ data }, { "m/a/data.lock.json": lock("2") })).not.toBe(pinned);
    expect(await of({ data }, { "m/a/data.lock.json": `${lock("1")}\n` })).toBe(pinned);
  });

  it("refuses remote data without a pin, and a lock that is none", async () => {
    const data = { ...spec.data, train: "https://example.org/a.csv" };
    await expect(of({ data })).rejects.toMatchObject({ code: "DATA_NOT_PINNED" });
    await expect(of({ data }, { "m/a/data.lock.json": "{}" })).rejects.toMatchObject({ code: "DATA_UNREADABLE" });
  });

  it("refuses an environment lock that is not there", async () => {
    await expect(of({ environment: { lock: ["package-lock.json"] } })).rejects.toMatchObject({ code: "SPEC_INVALID" });
  });
});
