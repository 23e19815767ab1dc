import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { soundProject } from "../../core/acts/project.ts";
import { promoteVersion } from "../../core/acts/promote.ts";
import { registerModel } from "../../core/acts/register.ts";
import { runOne } from "../../core/acts/run.ts";
import { versionErrors } from "../../core/acts/version-errors.ts";
import { openWorkTree } from "../../core/source/worktree.ts";
import type { LoadedModel } from "../../core/spec/project.ts";
import { POLICY, SPEC } from "../e2e/tiny-model.ts";
import { gitIn } from "../registry/repositories.ts";
import { temporaryFolder } from "../runtime/temporary.ts";
import { runByStages } from "./by-stages.ts";
import { ADA, arrangeModels, OWN_METRIC } from "./models.ts";

const ROWS = 397;
/** Rows whose x says the label but for every seventh. */
const rows = (name: string) =>
  Array.from({ length: ROWS }, (_, i) => {
    const x = (i * 61) % 100;
    return { id: `${name}${i}`, x, site: i % 3 ? "north" : "south", y: x < 50 !== (i % 7 === 3) ? "low" : "high" };
  });
const TEST = rows("t");
const csv = (of: ReturnType<typeof rows>) =>
  `id,x,site,y\n${of.map(({ id, x, site, y }) => `${id},${x},${site},${y}`).join("\n")}\n`;
/** How the parts are made, said once more. */
const isPreview = ({ id }: { id: string }, share = 0.3) =>
  Number.parseInt(createHash("sha256").update(`preview:${id}`).digest("hex").slice(0, 13), 16) / 2 ** 52 < share;
const THRESHOLD = 40;
const accuracyOf = (of: ReturnType<typeof rows>, threshold = THRESHOLD) =>
  of.filter(({ x, y }) => (x < threshold ? "low" : "high") === y).length / of.length;
const [PREVIEW, REST] = [TEST.filter((row) => isPreview(row)), TEST.filter((row) => !isPreview(row))];

const METRICS = {
  accuracy: { metric: "accuracy_score" },
  each: { metric: "recall_score", average: "none" },
  confusion: { metric: "confusion_matrix" },
};
const GATES = {
  register: [{ metric: "accuracy", "at-least": 0.3, confidence: 0.95 }],
  production: [
    { metric: "accuracy", versus: "production", "max-regression": 0.2, confidence: 0.95 },
    { metric: "accuracy", slice: { site: "south" }, "at-least": 0.2 },
  ],
};

/** The model with test labels that are withheld, and a policy with a preview. */
async function arrange(about: { preview?: number; metrics?: Record<string, unknown>; reachable?: boolean } = {}) {
  const away = join(temporaryFolder(), "away.csv");
  writeFileSync(away, csv(TEST));
  const uri = `file://${away}`;
  const digest = createHash("sha256").update(csv(TEST)).digest("hex");
  const lock = { slipway: 1, files: [{ uri, sha256: digest, size: csv(TEST).length }] };
  const { x, y } = SPEC.data.columns;
  const spec = {
    data: { ...SPEC.data, test: about.reachable ? "data/test.csv" : uri, columns: { x, y } },
    metrics: { ...METRICS, ...about.metrics },
    slices: ["site"],
    gates: GATES,
    train: { ...SPEC.train, params: { threshold: THRESHOLD } },
  };
  const { preview = 0.3 } = about;
  const models = await arrangeModels({
    spec,
    policy: { ...POLICY, gates: {}, ...(preview === 0 ? {} : { preview }) },
    files: {
      "models/tiny/data/train.csv": csv(rows("a")),
      "models/tiny/data/test.csv": csv(TEST),
      "models/tiny/right.mjs": OWN_METRIC,
      ...(about.reachable ? {} : { "models/tiny/data.lock.json": JSON.stringify(lock) }),
    },
  });
  const policy = async (changed: Record<string, unknown>) =>
    models.repository.write({
      "slipway.yaml": JSON.stringify({
        ...POLICY,
        gates: {},
        artifacts: { store: `file:${models.store}` },
        ...changed,
      }),
    });
  const look = async (changed: Record<string, unknown> = {}) => {
    await models.spec(changed);
    const tree = await openWorkTree(models.repository.folder);
    const project = await soundProject(tree, ["tiny"]);
    const model = project.models.get("tiny") as LoadedModel;
    const { run } = await runOne(models.ports, { project, model, tree, source: { dirty: true }, binding: false });
    if (!run.evaluation) throw new Error(JSON.stringify(run.problem));
    return run.evaluation;
  };
  const register = async () => {
    const registered = await registerModel(models.ports, { model: "tiny", requestedBy: ADA });
    if (registered.outcome !== "registered") throw new Error(JSON.stringify(registered));
    return registered;
  };
  return { ...models, spec: models.spec, policy, look, register, uri, lock };
}

describe("a preview", () => {
  it("is what `slipway run` scores, exactly", async () => {
    const { look } = await arrange();
    expect(await look()).toMatchObject({
      part: "preview",
      values: "exact",
      test: { rows: PREVIEW.length, part: { of: "preview", share: 0.3 } },
      metrics: { accuracy: { value: accuracyOf(PREVIEW) } },
    });
  });

  it("is left out of what binds", async () => {
    const { register } = await arrange();
    const { manifest } = await register();
    expect(manifest.evaluation).toMatchObject({ part: "rest", test: { rows: REST.length } });
    expect(manifest.data.test.sha256).toBe(manifest.evaluation.test.sha256);
    expect(manifest.data).not.toHaveProperty("test_sketch");
  });

  it.each([
    ["no preview", { preview: undefined }, {}],
    ["a larger preview", { preview: 0.9 }, {}],
    ["another id", {}, { data: { ...SPEC.data, id: undefined, group: "x" } }],
  ])("shows a branch with %s the same rows as any other", async (_, changed, data: { data?: object }) => {
    const { policy, look, uri } = await arrange();
    await policy({ preview: 0.3, ...changed });
    const { columns: _columns, ...named } = SPEC.data;
    const spec = data.data ? { data: { ...named, ...data.data, test: uri, columns: {} } } : {};
    expect((await look(spec)).metrics["accuracy"]?.value).toBe(accuracyOf(PREVIEW));
  });

  it.each([
    ["told apart by another column", { group: "x" }, "PREVIEW_DIFFERS"],
    ["told apart by their content", {}, "PREVIEW_DIFFERS"],
    ["told apart by the same column", { group: "id" }, undefined],
  ])("of a file that another model tests on too is refused to a new model with rows %s", async (_, key, code) => {
    const { ports, repository, uri, lock } = await arrange();
    const { columns: _columns, id: _id, ...data } = SPEC.data;
    const away = join(temporaryFolder(), "the same bytes.csv");
    writeFileSync(away, csv(TEST));
    const elsewhere = pathToFileURL(away).href;
    const pins = { slipway: 1, files: lock.files.map((pin) => ({ ...pin, uri: elsewhere })) };
    expect(elsewhere).not.toBe(uri);
    for (const name of ["train.mjs", "predict.mjs", "data/train.csv"])
      await repository.write({
        [`models/new/${name}`]: readFileSync(join(repository.folder, "models/tiny", name), "utf8"),
      });
    await repository.write({
      "models/new/model.yaml": stringify({ ...SPEC, data: { ...data, ...key, test: elsewhere }, gates: {} }),
      "models/new/data.lock.json": JSON.stringify(pins),
    });
    const tree = await openWorkTree(repository.folder);
    const project = await soundProject(tree, ["new"]);
    const model = project.models.get("new") as LoadedModel;
    const { run } = await runOne(ports, { project, model, tree, source: { dirty: true }, binding: false });
    expect(run.problem?.code).toBe(code);
  });

  it("is the default branch's in the pipeline too, whatever the pull request says", async () => {
    const { policy, ports, root, repository, commit: tip } = await arrange();
    await policy({ preview: 0.9 });
    const commit = await repository.commit("a pull request");
    const { run, bundles } = await runByStages(ports, root, { model: "tiny", commit, tip, origin: "same-repository" });
    expect(run.evaluation).toMatchObject({ part: "preview", test: { rows: PREVIEW.length } });
    const given = filesBelow(bundles.predict?.folder ?? "").join("\n");
    for (const { id } of REST) expect(given).not.toMatch(new RegExp(`^${id},`, "m"));
  });

  it("has a version that was registered before predict its rows again", async () => {
    const { register, ports, policy, repository, spec, look } = await arrange({ preview: 0 });
    await register();
    await promoteVersion(ports, { model: "tiny", stage: "production", requestedBy: ADA });
    await policy({ preview: 0.3 });
    await repository.commit("a preview from now on");
    await spec({ train: { ...SPEC.train, params: { threshold: 45 } } });
    const { comparisons } = await look({ train: { ...SPEC.train, params: { threshold: 45 } } });
    expect(comparisons).toMatchObject([
      { predictions: "recomputed", rows: PREVIEW.length, metrics: { accuracy: { baseline: accuracyOf(PREVIEW) } } },
    ]);
  });
});

/** The texts of all files below a folder. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesBelow(path) : [readFileSync(path, "latin1")];
  });
}

/** Every value of a metric in a record, wherever it stands, with the bounds beside it. */
function valuesIn(record: unknown): number[] {
  if (typeof record !== "object" || record === null) return [];
  return Object.entries(record).flatMap(([key, each]) => {
    if (["artifact_mb", "predict_ms_per_row", "gate"].includes(key)) return [];
    const isValue = typeof each === "number" && ["value", "low", "high", "candidate", "baseline"].includes(key);
    return isValue ? [each] : valuesIn(each);
  });
}

describe("the values of what binds", () => {
  const SOUTH = REST.filter(({ site }) => site === "south");
  const truths = ["low", "high"].flatMap((label) =>
    [REST, SOUTH, REST.filter(({ site }) => site === "north")].map((of) => of.filter(({ y }) => y === label).length),
  );
  /** A number is on the grid of whatever number of rows it may be of, or a threshold, or an end of a metric's range. */
  const isOnGrid = (value: number) => {
    const sizes = [REST.length, SOUTH.length, REST.length - SOUTH.length, ...truths];
    const isMultiple = (step: number) => Math.abs(value / step - Math.round(value / step)) < 1e-9;
    return [-2, -1, 0, 1, 2, -0.2, 0.2, 0.3].includes(value) || sizes.some((size) => isMultiple(1 / Math.sqrt(size)));
  };

  it("are in steps in every file and record that it leaves", async () => {
    const { register, ports, root, repository, spec } = await arrange();
    await register();
    await spec({ train: { ...SPEC.train, params: { threshold: 45 } } });
    const commit = await repository.commit("another threshold");
    const second = await register();
    expect(second.manifest.evaluation.values).toBe("steps");
    // Nothing was live when the second was registered: it is compared when it is promoted.
    for (const version of [1, 2])
      await promoteVersion(ports, { model: "tiny", version, stage: "production", requestedBy: ADA });
    const [decision] = (await (await ports.registry.snapshot()).list("decision", "tiny")).slice(-1);
    expect(decision?.comparisons).toMatchObject([{ version: 1, predictions: "kept" }]);
    const { run, bundles, ended } = await runByStages(ports, root, {
      model: "tiny",
      commit,
      tip: commit,
      origin: "default-branch",
    });
    expect(run.outcome).toBe("succeeded");
    const { workspace } = ports;
    const paths = (await gitIn(workspace.folder, "ls-tree", "-r", "--name-only", "registry")).split("\n");
    const kept = await Promise.all(paths.map((path) => gitIn(workspace.folder, "show", `registry:${path}`)));
    const texts = [
      ...filesBelow(join(workspace.state, "runs")),
      ...filesBelow(bundles.score?.folder ?? ""),
      ...kept,
      JSON.stringify(run),
      JSON.stringify(ended.score),
    ];
    const values = texts.flatMap((text) =>
      text.startsWith("{") && !text.includes("\n{") ? valuesIn(JSON.parse(text)) : [],
    );
    expect(values.length).toBeGreaterThan(500);
    expect(values.filter((value) => !isOnGrid(value))).toEqual([]);
    for (const threshold of [THRESHOLD, 45]) {
      const exact = accuracyOf(REST, threshold).toFixed(4);
      expect(texts.filter((text) => text.includes(exact))).toEqual([]);
    }
  });

  it("have neither curves nor wrong rows beside them, and the report says so", async () => {
    const { register, ports } = await arrange();
    const { manifest, run } = await register();
    const folder = join(ports.workspace.state, "runs", run.run);
    expect(readdirSync(folder)).not.toContain("charts");
    expect(readFileSync(join(folder, "report.md"), "utf8")).toContain("Values are in steps");
    expect(manifest.evaluation.metrics["confusion"]).not.toHaveProperty("matrix");
    await expect(versionErrors(ports, { model: "tiny", version: 1 })).rejects.toMatchObject({
      code: "UNSUPPORTED",
      message: expect.stringContaining("is not shown"),
    });
  });

  it.each([
    ["labels are reachable", { reachable: true }],
    ["an own metric saw them", { metrics: { right: { run: "node right.mjs", "greater-is-better": true } } }],
    ["there is no preview", { preview: 0 }],
  ])("are exact where %s", async (_, about) => {
    const { register } = await arrange(about);
    const { manifest } = await register();
    const of = "preview" in about ? TEST : REST;
    expect(manifest.evaluation).toMatchObject({ values: "exact", metrics: { accuracy: { value: accuracyOf(of) } } });
  });
});
