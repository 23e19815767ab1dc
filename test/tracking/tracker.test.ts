import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { openTracker } from "../../core/tracking/tracker.ts";
import { Tracked } from "../../schemas/tracked.ts";
import { temporaryFolder } from "../runtime/temporary.ts";

const EVENTS = fileURLToPath(new URL("./event-files/tensorboardx.tfevents", import.meta.url));
const [RUN, CHILD] = ["a".repeat(32), "b".repeat(32)];

const meta = (id: string, more = "") =>
  `run_id: ${id}\nrun_name: calm-owl-1\nstatus: 3\nstart_time: 1700000000000\nend_time: 1700000001000\nlifecycle_stage: active\n${more}`;

/** A step's folder with these files, and what reads it. */
function arrange(files: Record<string, string>) {
  const folder = temporaryFolder();
  const put = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  for (const [path, text] of Object.entries(files)) put(path, text);
  const keep = join(temporaryFolder(), "tracked");
  const cwd = "tree/models/m";
  const tracker = openTracker({ folder, stores: ["tracking", `${cwd}/mlruns`], skip: ["train"], cwd });
  const end = async () => {
    const tracked = await tracker.end(keep);
    return tracked && Tracked.parse(tracked);
  };
  return { folder, put, keep, look: () => tracker.look(), end };
}

/** A run in MLflow's file store. */
const run = (files: Record<string, string> = {}, id = RUN, more = "") => ({
  "tracking/0/meta.yaml": "name: Default\n",
  [`tracking/0/${id}/meta.yaml`]: meta(id, more),
  ...Object.fromEntries(Object.entries(files).map(([path, text]) => [`tracking/0/${id}/${path}`, text])),
});

it("reads params, tags, metrics and files of a run, and leaves out MLflow's own tags", async () => {
  const { keep, end } = arrange(
    run({
      "params/depth": "4",
      "params/nested/name": "<b>",
      "tags/team": "owls",
      "tags/mlflow.user": "me",
      "tags/mlflow.runName": "first",
      "metrics/loss": "1700000000000 0.5 1\n1700000000500 0.25 2\n",
      "artifacts/plots/a.html": "<script>",
    }),
  );
  const { runs: [found] = [], left_out } = (await end()) ?? {};
  expect(found).toMatchObject({
    ...{ id: RUN, tool: "mlflow", name: "first", status: "finished", started_at: "2023-11-14T22:13:20.000Z" },
    params: [
      { name: "depth", value: "4" },
      { name: "nested/name", value: "<b>" },
    ],
    tags: [{ name: "team", value: "owls" }],
    artifacts: [{ path: "plots/a.html", size: 8 }],
  });
  expect(found?.metrics).toEqual([
    {
      ...{ name: "loss", count: 2, last: [2, 0.25, 1700000000500], least: 0.25, most: 0.5 },
      points: [
        [1, 0.5, 1700000000000],
        [2, 0.25, 1700000000500],
      ],
    },
  ]);
  expect(readFileSync(join(keep, RUN, "plots/a.html"), "utf8")).toBe("<script>");
  expect(left_out).toEqual([]);
});

it("tells nested runs with the run that they are nested in, and of an experiment its name", async () => {
  const { end } = arrange({
    ...run(),
    ...run({ "tags/mlflow.parentRunId": RUN }, CHILD),
    "tracking/0/meta.yaml": "name: owls\n",
  });
  const { runs = [] } = (await end()) ?? {};
  expect(runs.map(({ id, parent, experiment }) => [id, parent, experiment])).toEqual([
    [RUN, undefined, "owls"],
    [CHILD, RUN, "owls"],
  ]);
});

it("lists a logged model's files with the run that it comes from", async () => {
  const model = "tracking/0/models/m-1";
  const { end } = arrange({
    ...run(),
    [`${model}/meta.yaml`]: `name: model\nsource_run_id: ${RUN}\n`,
    [`${model}/artifacts/MLmodel`]: "x",
  });
  expect((await end())?.runs[0]?.artifacts.map(({ path }) => path)).toEqual(["model/MLmodel"]);
});

it("keeps what it can where a logged model is called as a file is", async () => {
  const model = "tracking/0/models/m-1";
  const { end } = arrange({
    ...run({ "artifacts/model": "a file", "artifacts/other": "x" }),
    [`${model}/meta.yaml`]: `name: model\nsource_run_id: ${RUN}\n`,
    [`${model}/artifacts/MLmodel`]: "x",
  });
  const tracked = await end();
  expect(tracked?.runs[0]?.artifacts.map(({ path }) => path)).toEqual(["model", "other"]);
  expect(tracked?.left_out).toEqual([expect.stringContaining("others were left out")]);
});

it("says nothing where nothing was logged, and leaves deleted runs out", async () => {
  expect(await arrange({ "tree/models/m/train.py": "" }).end()).toBeUndefined();
  const deleted = arrange({ [`tracking/0/${RUN}/meta.yaml`]: meta(RUN).replace("active", "deleted") });
  expect(await deleted.end()).toBeUndefined();
});

it("goes on where the last look ended, and takes a line once it is whole", async () => {
  const { folder, look, end } = arrange(run({ "metrics/loss": "1 0.5 1\n2 0.2" }));
  expect((await look())?.runs[0]?.metrics[0]?.count).toBe(1);
  appendFileSync(join(folder, `tracking/0/${RUN}/metrics/loss`), "5 2\n3 0.125 3");
  expect((await look())?.runs[0]?.metrics[0]?.last).toEqual([2, 0.25, 2]);
  expect((await end())?.runs[0]?.metrics[0]).toMatchObject({ count: 3, last: [3, 0.125, 3] });
});

it("reads TensorBoard's event files wherever they lie, but for training data, and names them from where the program starts", async () => {
  const { folder, end } = arrange({ "tree/models/m/runs/a/x": "", "model/logs/x": "", "train/x": "" });
  const name = "events.out.tfevents.1.host";
  for (const place of ["tree/models/m/runs/a", "model/logs", "train"]) cpSync(EVENTS, join(folder, place, name));
  const { runs = [], left_out } = (await end()) ?? {};
  expect(runs.map(({ tool, name, metrics }) => [tool, name, metrics.map((metric) => metric.name)])).toEqual([
    ["tensorboard", "model/logs", ["loss/train"]],
    ["tensorboard", "runs/a", ["loss/train"]],
  ]);
  expect(left_out).toEqual(["Values of broken that are no finite number were left out."]);
});

it("takes what stands before the damage of an event file, and tells it", async () => {
  const { folder, end } = arrange({});
  cpSync(EVENTS, join(folder, "a.tfevents"));
  appendFileSync(join(folder, "a.tfevents"), "no record at all");
  const tracked = await end();
  expect(tracked?.runs[0]?.metrics[0]?.count).toBe(3);
  expect(tracked?.left_out).toContain("The event file a.tfevents is damaged: what follows the damage was left out.");
});

it("passes over a record of an event file that is too large, unread", async () => {
  const { folder, end } = arrange({});
  const scalars = readFileSync(EVENTS);
  const large = Buffer.alloc(12 + 3_000_000 + 4);
  large.writeBigUInt64LE(3_000_000n);
  // The checksum of that length: CRC-32C, masked.
  large.writeUInt32LE(0xf462ab1a, 8);
  writeFileSync(join(folder, "a.tfevents"), Buffer.concat([large, scalars]));
  expect((await end())?.runs[0]?.metrics.map(({ name }) => name)).toEqual(["loss/train"]);
});

it("follows no link", async () => {
  const { folder, end } = arrange(run({ "params/a": "1", "metrics/m": "1 1 1\n", "artifacts/ok": "1" }));
  const outside = join(temporaryFolder(), "outside");
  writeFileSync(outside, "1 42 1\n");
  for (const path of ["params/b", "metrics/n", "artifacts/b", "tags"])
    symlinkSync(outside, join(folder, `tracking/0/${RUN}`, path));
  symlinkSync(temporaryFolder(), join(folder, `tracking/0/${"c".repeat(32)}`));
  const { runs = [] } = (await end()) ?? {};
  expect(JSON.stringify(runs)).not.toContain("42");
  expect(runs.map(({ params, artifacts }) => [params.length, artifacts.length])).toEqual([[1, 1]]);
});

it.each([
  ["tracking", "tracking"],
  ["tracking/0", "tracking/0"],
  [`tracking/0/${RUN}`, `tracking/0/${RUN}`],
  [`tracking/1/${CHILD}/params`, `tracking/0/${RUN}/params`],
  ["tree/models/m/mlruns", "tracking"],
  ["tree/models/m", "linked"],
])("follows no link in the place of the folder %s", async (place, target) => {
  const elsewhere = arrange({ ...run({ "params/a": "42" }), "linked/x": "" }).folder;
  cpSync(join(elsewhere, "tracking"), join(elsewhere, "linked/mlruns"), { recursive: true });
  const { folder, end } = arrange({ [`tracking/1/${CHILD}/meta.yaml`]: meta(CHILD) });
  if (place === "tracking") rmSync(join(folder, place), { recursive: true });
  mkdirSync(dirname(join(folder, place)), { recursive: true });
  symlinkSync(join(elsewhere, target), join(folder, place));
  expect(JSON.stringify((await end()) ?? {})).not.toContain("42");
});

it("reads what a program logs into mlruns, where it starts", async () => {
  const files = Object.entries(run({ "params/a": "1" }));
  const { end } = arrange(
    Object.fromEntries(files.map(([path, text]) => [path.replace("tracking", "tree/models/m/mlruns"), text])),
  );
  expect((await end())?.runs[0]?.params).toEqual([{ name: "a", value: "1" }]);
});

it("leaves out what is no number, whatever it looks like, and tells it", async () => {
  const { end } = arrange(run({ "metrics/loss": "1 nan 0\nno line\n1 inf 1\n2 0.5 2\n" }));
  const tracked = await end();
  expect(tracked?.runs[0]?.metrics[0]?.count).toBe(1);
  expect(tracked?.left_out).toEqual(["Values of loss that are no finite number were left out."]);
});

it("keeps a thousand params and metrics of a run, and of each file what may be kept", async () => {
  const many = (folder: string, text: string) =>
    Object.fromEntries(Array.from({ length: 1_100 }, (_, at) => [`${folder}/${at}`, text]));
  const { end } = arrange(run({ ...many("params", "x".repeat(2_000)), ...many("metrics", "1 1 1\n") }));
  const tracked = await end();
  const [found] = tracked?.runs ?? [];
  expect([found?.params.length, found?.metrics.length, found?.params[0]?.value.length]).toEqual([1_000, 1_000, 1_000]);
  expect(tracked?.left_out).toHaveLength(2);
});

it("keeps no file that is too large, and a hundred of those that are not", async () => {
  const { folder, end } = arrange(
    run(Object.fromEntries(Array.from({ length: 120 }, (_, at) => [`artifacts/f${at}`, "x"]))),
  );
  truncateSync(join(folder, `tracking/0/${RUN}/artifacts/f0`), 200 * 1024 ** 2);
  const tracked = await end();
  expect(tracked?.runs[0]?.artifacts).toHaveLength(100);
  expect(tracked?.runs[0]?.artifacts.map(({ path }) => path)).not.toContain("f0");
  expect(tracked?.left_out.join()).toContain("up to 100 and 100 MiB");
});

it.each([
  ["aliases", `a: &a [x]\nb: [*a, *a]\n${meta(RUN)}`],
  ["no map", "[]"],
  ["no YAML", "{"],
])("leaves out a run whose meta.yaml is hostile: %s", async (_, text) => {
  expect(await arrange({ [`tracking/0/${RUN}/meta.yaml`]: text }).end()).toBeUndefined();
});
