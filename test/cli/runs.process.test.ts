import { expect, it } from "vitest";
import { modelsRepository, prepared } from "../e2e/models-repository.ts";

/** Two runs of `tiny`: of its spec, with a note, and a try of a threshold of 20 with a changed program. */
const two = prepared(async () => {
  const place = await modelsRepository({ shared: true });
  await place.slipway("run", "tiny", "--note", "as it is");
  const train = await place.read("models/tiny/train.mjs");
  await place.write({ "models/tiny/train.mjs": `// another way\n${train}` });
  await place.slipway("run", "tiny", "--set", "params.threshold=20", "--no-gate");
  return place;
});

async function idsOf(place: Awaited<ReturnType<typeof two>>) {
  const { result } = await place.json("runs");
  const ids = result.runs?.map(({ run }) => run) ?? [];
  return { tried: ids[0] as string, first: ids[1] as string };
}

it("lists runs, the newest first, with what they were and what was measured", async () => {
  const { result } = await (await two()).json("runs");
  expect(result).toMatchObject({
    total: 2,
    runs: [
      { model: "tiny", from: "local", status: "finished", tried: ["params.threshold=20"], params: { threshold: "20" } },
      { note: "as it is", params: { threshold: "40" }, verdicts: { register: "pass" } },
    ],
  });
  expect(result.runs?.[0]?.metrics["accuracy"]).toMatchObject({ value: expect.any(Number), deciding: true });
});

it("filters, sorts and cuts", async () => {
  const place = await two();
  const { first, tried } = await idsOf(place);
  const found = async (...args: string[]) => (await place.json("runs", ...args)).result.runs?.map(({ run }) => run);
  expect(await found("--sort", "-accuracy")).toEqual([first, tried]);
  expect(await found("--filter", "params.threshold = '20'")).toEqual([tried]);
  expect(await found("--filter", "as it")).toEqual([first]);
  expect(await found("--limit", "1")).toEqual([tried]);
  expect(await found("--model", "nobody")).toEqual([]);
  expect((await place.json("runs", "--filter", "colour = 'red'")).error.code).toBe("SEARCH_INVALID");
});

it("names a run by a part of its id, and says so where that names none or several", async () => {
  const place = await two();
  const { first } = await idsOf(place);
  expect((await place.json("runs", "show", first.slice(-8))).result.shown?.[0]?.run).toBe(first);
  const { code, error } = await place.json("runs", "show", first.slice(0, 8));
  expect({ code, error }).toMatchObject({
    code: 2,
    error: { code: "RUN_UNKNOWN", message: expect.stringContaining("several") },
  });
});

it("compares params, metrics and code, with the lines that changed where no commit has them", async () => {
  const place = await two();
  const { first, tried } = await idsOf(place);
  const { result } = await place.json("runs", "compare", first, tried, "--patch");
  const { params, metrics, code } = result.comparison ?? {};
  expect(params?.[0]).toEqual({ name: "threshold", values: ["40", "20"], differs: true });
  const accuracy = metrics?.find(({ name }) => name === "accuracy");
  expect(accuracy).toMatchObject({ best: 0, differences: [null, expect.any(Number)], own: false });
  expect(code).toMatchObject([
    {
      files: [{ path: "models/tiny/train.mjs", change: "changed", added_lines: 1, removed_lines: 0 }],
      patch: expect.stringContaining("+// another way"),
    },
  ]);
});

it("notes and stars, once", async () => {
  const place = await two();
  const { tried } = await idsOf(place);
  expect((await place.json("runs", "star", tried)).result.changed).toEqual([tried]);
  expect((await place.json("runs", "star", tried)).result).toMatchObject({ changed: [], unchanged: [tried] });
  await place.slipway("runs", "note", tried, "too low");
  expect((await place.json("runs", "show", tried)).result.shown?.[0]).toMatchObject({ starred: true, note: "too low" });
  await place.slipway("runs", "note", tried, "");
  expect((await place.json("runs", "show", tried)).result.shown?.[0]?.note).toBeUndefined();
});

it("shares a record once, for whoever has the branch, without what a program printed", async () => {
  const place = await two();
  const { first } = await idsOf(place);
  const { result } = await place.json("runs", "share", first);
  expect(result).toMatchObject({ changed: [first], commit: expect.any(String) });
  expect((await place.json("runs", "share", first)).result).toMatchObject({ changed: [], unchanged: [first] });
  const record = JSON.parse(await place.git("show", `experiments:run-records/tiny/${first}.json`));
  expect(record).toMatchObject({ from: "shared", by: { name: "Ada" }, note: "as it is", status: "finished" });
  expect((await place.json("runs")).result.runs?.[1]).toMatchObject({ run: first, from: "local", shared: true });
  await place.git("clone", "-q", "--branch", "experiments", place.folder, `${place.root}/other`);
  const { result: there } = await place.at(`${place.root}/other`).json("runs");
  expect(there.runs).toMatchObject([{ run: first, from: "shared", by: { name: "Ada" } }]);
});

it("prunes what limits take, but for what a star or a version needs", async () => {
  const place = await two();
  const { first, tried } = await idsOf(place);
  const { result: preview } = await place.json("runs", "prune", "--keep", "1", "--dry-run");
  expect(preview).toMatchObject({ removed: [first], preview: true });
  await place.slipway("runs", "star", first);
  const { result } = await place.json("runs", "prune", "--keep", "1");
  expect(result).toMatchObject({ removed: [], stay: [{ run: first, why: "starred" }] });
  await place.slipway("runs", "unstar", first);
  expect((await place.json("runs", "prune", "--older-than", "30d")).result.removed).toEqual([]);
  expect((await place.json("runs", "prune", "--keep", "1")).result.removed).toEqual([first]);
  expect((await place.json("runs")).result.runs?.map(({ run }) => run)).toEqual([tried]);
});

it("says what is missing where it is told too little", async () => {
  const place = await two();
  for (const words of [["prune"], ["compare", "abcd"], ["note"], ["list", "abcd"]])
    expect((await place.json("runs", ...words)).code).toBe(2);
});
