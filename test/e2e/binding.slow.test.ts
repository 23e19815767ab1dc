import { rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { modelsRepository, prepared, retrained } from "./models-repository.ts";
import { FILES, SPEC, tinyRows } from "./tiny-model.ts";

const plain = prepared(() => modelsRepository({ shared: true }));

/** Version 1 (0.82) is in production; version 2 (0.9) is registered. */
const two = prepared(async () => {
  const place = await modelsRepository({ shared: true });
  await place.slipway("register", "tiny");
  await place.slipway("promote", "tiny@1", "production");
  await retrained(place, 50);
  await place.slipway("register", "tiny");
  return place;
});

describe("register is refused, with what to do,", () => {
  it("while a file is changed", async () => {
    const place = await plain();
    await place.write({ "models/tiny/train.mjs": "// changed" });
    const { code, error } = await place.json("register", "tiny");
    expect({ code, problem: error.problems[0] }).toMatchObject({
      code: 2,
      problem: { code: "DIRTY_TREE", found: "models/tiny/train.mjs", hint: /git commit/ },
    });
  });

  it("while a file is untracked", async () => {
    const place = await plain();
    await place.write({ "models/tiny/note.txt": "new" });
    const { error } = await place.json("register", "tiny");
    expect(error.problems[0]).toMatchObject({ code: "DIRTY_TREE", found: "models/tiny/note.txt" });
  });

  it("on another branch", async () => {
    const place = await plain();
    await place.git("switch", "-q", "-c", "idea");
    const { code, error } = await place.json("register", "tiny");
    expect({ code, problem: error.problems[0] }).toMatchObject({
      code: 2,
      problem: { code: "WRONG_BRANCH", found: "branch idea", hint: /git switch main/ },
    });
  });

  it("on a detached HEAD", async () => {
    const place = await plain();
    await place.git("switch", "-q", "--detach");
    const { error } = await place.json("register", "tiny");
    expect(error.problems[0]).toMatchObject({ code: "WRONG_BRANCH", found: "a detached HEAD" });
  });

  it("before the first commit", async () => {
    const place = await modelsRepository({ uncommitted: true });
    const { code, error } = await place.json("register", "tiny");
    expect({ code, problem: error.problems[0] }).toMatchObject({
      code: 2,
      problem: { code: "NO_COMMIT", hint: /git commit/ },
    });
  });

  it("by a register gate, with exit code 1", async () => {
    const place = await plain();
    await place.spec({ gates: { register: [{ metric: "accuracy", "at-least": 0.99 }] } });
    await place.commit();
    const { code, error, result } = await place.json("register", "tiny");
    expect({ code, error: error.code, outcome: result.outcome }).toEqual({
      code: 1,
      error: "GATE_FAILED",
      outcome: "refused",
    });
    expect((await place.json("ls")).result.models).toEqual([]);
  });
});

describe("register goes on whatever else lies in the work tree:", () => {
  it.each<[string, Record<string, string>, string[]]>([
    ["untracked notes", { "notes.md": "new", "notes/a b.md": "ü", "notes/wei\u00df\n.md": "new" }, []],
    ["a staged file elsewhere", { "docs/staged.md": "new" }, ["docs"]],
    ["a changed file elsewhere", { ".gitignore": ".slipway/\n*.tmp\n" }, []],
    ["another model that is not committed", { "models/other/model.yaml": "slipway: 1\n" }, []],
    ["another model, half staged", { "models/other/model.yaml": "slipway: [\n" }, ["models/other"]],
  ])("%s", async (_, files, staged) => {
    const place = await plain();
    await place.write(files);
    for (const path of staged) await place.git("add", path);
    expect(await place.json("register", "tiny")).toMatchObject({ code: 0, result: { version: 1 } });
  });

  it("a file that was touched, and not changed", async () => {
    const place = await plain();
    const train = await place.read("models/tiny/train.mjs");
    await place.git("config", "diff.autoRefreshIndex", "false");
    await place.write({ "models/tiny/train.mjs": train });
    expect(await place.json("register", "tiny")).toMatchObject({ code: 0, result: { version: 1 } });
  });
});

describe("register is refused where something changed that the model is made or judged from:", () => {
  it.each([
    ["the policy", {}, "slipway.yaml", "slipway: 1\n"],
    ["data outside of its folder", { data: { ...SPEC.data, train: "../../rows/*.csv" } }, "rows/more.csv", "id,x,y\n"],
    ["code outside of its folder", { code: [".", "../../lib"] }, "lib/new.mjs", "1"],
    ["pins", {}, "models/tiny/data.lock.json", "{}"],
  ])("%s", async (_, spec, path, content) => {
    const place = await plain();
    await place.write({ "rows/first.csv": tinyRows("a"), "lib/old.mjs": "" });
    await place.spec(spec);
    await place.commit();
    await place.write({ [path]: content });
    const { error } = await place.json("register", "tiny");
    expect(error.problems[0]).toMatchObject({ code: "DIRTY_TREE", found: path });
  });

  it("a spec that is new, and one that is mended", async () => {
    const place = await plain();
    await place.addModel("fresh");
    expect((await place.json("register", "fresh")).error.code).toBe("DIRTY_TREE");
    const good = await place.read("models/tiny/model.yaml");
    await place.write({ "models/tiny/model.yaml": "slipway: [" });
    await place.commit();
    await place.write({ "models/tiny/model.yaml": good });
    expect((await place.json("register", "tiny")).error.code).toBe("DIRTY_TREE");
  });
});

it.each([
  ["core.autocrlf", { "core.autocrlf": "true" }, ""],
  [".gitattributes", {}, "* text=auto eol=crlf\n"],
  [
    "a filter",
    { "filter.note.clean": "sed -e '/^# /d'", "filter.note.smudge": "sed -e '1i # smudged'" },
    "*.csv filter=note\n",
  ],
])("register takes the artifact of a run whose files Git had converted: %s", async (_, settings, attributes) => {
  const place = await plain();
  for (const [key, value] of Object.entries(settings)) await place.git("config", key, value);
  if (attributes !== "") {
    await place.write({ ".gitattributes": attributes });
    await place.commit();
  }
  await rm(join(place.folder, "models"), { recursive: true });
  await place.git("checkout", "--", "models");
  expect(await place.read("models/tiny/data/test.csv")).toMatch(/\r\n|^# smudged/);
  const ran = (await place.json("run", "tiny")).result.runs[0];
  const { code, result } = await place.json("register", "tiny");
  expect({ code, from: result.manifest?.artifact_from }).toEqual({ code: 0, from: "reused" });
  expect(ran?.source.dirty).toBe(false);
  expect(result.manifest?.evaluation.test.sha256).toBe(ran?.data?.test.sha256);
});

it("does not call a run dirty for what the model is not made from", async () => {
  const place = await plain();
  await place.write({ "note.txt": "new" });
  const { result } = await place.json("run", "tiny");
  expect(result.runs[0]?.source.dirty).toBe(false);
});

it("marks a run on a dirty tree as advisory", async () => {
  const place = await plain();
  await place.write({ "models/tiny/note.txt": "new" });
  const { result } = await place.json("run", "tiny");
  expect(result.runs[0]).toMatchObject({ binding: false, source: { dirty: true }, evaluation: { binding: false } });
  expect(await place.read(`.slipway/runs/${result.runs[0]?.run}/report.md`)).toContain("Advisory");
});

describe("promote reads the default branch's tip", () => {
  it("so that a gate tightened after a version was registered refuses it", async () => {
    const place = await two();
    await place.policy({ gates: { production: [{ metric: "accuracy", "at-least": 0.95 }] } });
    const tip = await place.commit("ask for more");
    const { code, error, result } = await place.json("promote", "tiny@2", "production");
    expect({ code, error: error.code }).toEqual({ code: 1, error: "GATE_FAILED" });
    expect(result.decision?.policy.commit).toBe(tip);
    expect(error.problems[0]?.message).toContain("at least 0.95, found 0.9");
  });

  it("so that loosening gates in the work tree, or on another branch, changes nothing", async () => {
    const place = await two();
    await place.policy({ gates: { production: [{ metric: "accuracy", "at-least": 0.95 }] } });
    await place.commit("ask for more");
    await place.git("switch", "-q", "-c", "loose");
    await place.policy({ gates: {} });
    await place.commit("ask for nothing");
    await place.policy({ gates: {}, stages: ["production"] });
    const { code, error } = await place.json("promote", "tiny@2", "production");
    expect({ code, error: error.code }).toEqual({ code: 1, error: "GATE_FAILED" });
  });

  it("and refuses approvals, for which a plain repository can identify nobody", async () => {
    const place = await two();
    await place.policy({ approvals: { production: 1 } });
    await place.commit("four eyes");
    const { code, error } = await place.json("promote", "tiny@2", "production");
    expect({ code, problem: error.problems[0] }).toMatchObject({ code: 1, problem: { code: "APPROVALS_UNAVAILABLE" } });
  });
});

describe("a comparison with Production", () => {
  it("is made again where Production changed since the version was registered", async () => {
    const place = await two();
    await retrained(place, 45);
    await place.slipway("register", "tiny");
    await place.slipway("promote", "tiny@2", "production");
    const { code, result } = await place.json("promote", "tiny@3", "production");
    expect(code).toBe(1);
    expect(result.decision?.comparisons).toMatchObject([
      { version: 2, predictions: "kept", metrics: { accuracy: { candidate: 0.87, baseline: 0.9 } } },
    ]);
  });

  it("asks Production's own predict code, at its own commit, where the test data changed", async () => {
    const place = await two();
    await place.write({ "models/tiny/data/test.csv": tinyRows("u", 90) });
    await place.commit("other test rows");
    await place.slipway("register", "tiny");
    const { code, result } = await place.json("promote", "tiny@3", "production");
    expect(code).toBe(0);
    expect(result.decision?.comparisons).toMatchObject([{ version: 1, predictions: "recomputed", rows: 90 }]);
  });

  it("is inconclusive, and never promotes, where that code fails", async () => {
    const place = await modelsRepository({
      files: {
        "models/tiny/predict.mjs": FILES["predict.mjs"].replace(
          "const [head",
          'if (rowsOf().length > 101) process.exit(9);\nfunction rowsOf() { return readFileSync(SLIPWAY_FEATURES, "utf8").trim().split("\\n"); }\nconst [head',
        ),
      },
    });
    await place.slipway("register", "tiny");
    await place.slipway("promote", "tiny@1", "production");
    await place.write({
      "models/tiny/predict.mjs": FILES["predict.mjs"],
      "models/tiny/data/test.csv": tinyRows("u", 100) + tinyRows("v", 100).replace(/^.*\n/, ""),
    });
    await retrained(place, 50);
    await place.slipway("register", "tiny");
    const { code, error, result } = await place.json("promote", "tiny@2", "production");
    expect({ code, error: error.code }).toEqual({ code: 1, error: "GATE_INCONCLUSIVE" });
    expect(result.decision?.comparisons[0]).toMatchObject({ predictions: "unavailable", reason: /exit code 9/ });
  });

  it("is inconclusive where Production's artifact is gone, and says what is missing", async () => {
    const place = await two();
    await place.write({ "models/tiny/data/test.csv": tinyRows("u", 90) });
    await place.commit("other test rows");
    const { result: shown } = await place.json("show", "tiny@1");
    const digest = shown.manifest?.artifact.sha256 ?? "";
    for (const file of shown.manifest?.artifact.files ?? [])
      await rm(join(place.folder, ".slipway/store/sha256", file.sha256.slice(0, 2), file.sha256));
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    await place.slipway("register", "tiny");
    const { code, error } = await place.json("promote", "tiny@3", "production");
    expect({ code, error: error.code }).toEqual({ code: 1, error: "GATE_INCONCLUSIVE" });
    expect((await place.json("verify")).error.problems.map((problem) => problem.code)).toContain("ARTIFACT_MISSING");
  });
});

it("registers a version again where only its gates changed, since its spec says something new", async () => {
  const place = await plain();
  await place.slipway("register", "tiny");
  await place.spec({ gates: { ...SPEC.gates, staging: [{ metric: "accuracy", "at-least": 0.8 }] } });
  await place.commit();
  const { result } = await place.json("register", "tiny");
  expect(result).toMatchObject({ outcome: "registered", version: 2, manifest: { artifact_from: "reused" } });
});

it("refuses to act while slipway.yaml cannot be read: it names the store", async () => {
  const place = await modelsRepository();
  await place.write({ "slipway.yaml": "slipway: 1\nartifacts: { stor: file:elsewhere }\n" });
  await place.commit();
  const { code, error } = await place.json("register", "tiny");
  expect({ code, problem: error.problems[0] }).toMatchObject({
    code: 2,
    problem: { file: "slipway.yaml", line: 2, message: expect.stringContaining("stor") },
  });
});
