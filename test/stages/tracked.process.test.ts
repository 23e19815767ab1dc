import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { RunResult } from "../../schemas/run-result.ts";
import { Tracked } from "../../schemas/tracked.ts";
import { SPEC } from "../e2e/tiny-model.ts";
import { runByStages } from "./by-stages.ts";
import { arrangeModel, TRAIN } from "./model.ts";
import { arrangeModels } from "./models.ts";

const RUN = "a".repeat(32);

/** A training that logs as MLflow's client does, into its file store. */
const LOG = `import { appendFileSync, mkdirSync, writeFileSync as write } from "node:fs";
const store = process.env.MLFLOW_TRACKING_URI + "/0/${RUN}";
for (const folder of ["params", "metrics", "artifacts"]) mkdirSync(store + "/" + folder, { recursive: true });
write(store + "/meta.yaml", "run_name: first\\nstatus: 1\\nstart_time: 1700000000000\\nlifecycle_stage: active\\n");
write(store + "/params/depth", "4");
write(store + "/artifacts/note.html", "<script>");
appendFileSync(store + "/metrics/loss", "1700000000000 0.5 1\\n1700000000500 0.25 2\\n");
`;
const logging = (after = "") => ({ "models/m/train.mjs": `${LOG}${after}\n${TRAIN}` });

it("keeps what a training logs itself in its run: params, metrics and files", async () => {
  const { run, read } = await arrangeModel({}, logging());
  const result = RunResult.parse(await run());
  expect(result.tracked?.runs).toMatchObject([
    {
      ...{ id: RUN, tool: "mlflow", name: "first", params: [{ name: "depth", value: "4" }] },
      ...{ metrics: [{ name: "loss", count: 2 }], artifacts: [{ path: "note.html", size: 8 }] },
    },
  ]);
  expect(Tracked.parse(JSON.parse(read(result, "tracked.json")))).toEqual(result.tracked);
  expect(read(result, `tracked/${RUN}/note.html`)).toBe("<script>");
  expect(read(result, "report.md")).toContain("What the program logged itself");
  expect(read(result, "charts/tracked-curves.svg")).toContain("What the program logged itself");
});

it("says nothing of logging where a training logs nothing", async () => {
  const { run, folderOf } = await arrangeModel();
  const result = await run();
  expect(result).not.toHaveProperty("tracked");
  expect(existsSync(join(folderOf(result), "tracked.json"))).toBe(false);
});

it("keeps what was logged of a training that failed", async () => {
  const { run } = await arrangeModel({}, logging("process.exit(3);"));
  const result = await run();
  expect(result).toMatchObject({ outcome: "failed", tracked: { runs: [{ name: "first" }] } });
});

it("shows what is logged while the training runs", async () => {
  const wait = `while (!existsSync(process.env.GO)) await new Promise((go) => setTimeout(go, 20));`;
  const { root, run } = await arrangeModel({}, logging(`import { existsSync } from "node:fs";\n${wait}`));
  const go = join(root, "go");
  const runs = join(root, ".slipway/runs");
  const running = run({ environment: { env: { GO: go } } });
  const live = await vi.waitUntil(
    () => existsSync(runs) && readdirSync(runs).map((id) => readTracked(join(runs, id)))[0],
    {
      timeout: 30_000,
    },
  );
  execFileSync("touch", [go]);
  expect(live.runs[0]?.metrics[0]?.last).toEqual([2, 0.25, 1_700_000_000_500]);
  expect((await running).outcome).toBe("succeeded");
});

it("reads no pipe, and is not held up by one", async () => {
  const pipe = `import { execFileSync } from "node:child_process";
execFileSync("mkfifo", [store + "/metrics/pipe", store + "/params/pipe", store + "/artifacts/pipe"]);`;
  const { run } = await arrangeModel({}, logging(pipe));
  const { tracked } = await run();
  expect(tracked?.runs[0]?.params.map(({ name }) => name)).toEqual(["depth"]);
});

it("takes nothing where the model says itself where it logs", async () => {
  const { root, run } = await arrangeModel({}, logging());
  const result = await run({ environment: { env: { MLFLOW_TRACKING_URI: join(root, "own") } } });
  expect(result).not.toHaveProperty("tracked");
  expect(existsSync(join(root, "own", "0", RUN, "meta.yaml"))).toBe(true);
});

it("hands on what was logged from the job that trains to the run's result, and no file of it", async () => {
  const models = await arrangeModels({ files: { "models/tiny/log.mjs": LOG } });
  await models.spec({ train: { ...SPEC.train, run: `node log.mjs && ${SPEC.train.run}` } });
  const commit = await models.repository.commit("logs");
  const { run } = await runByStages(models.ports, models.root, {
    ...{ model: "tiny", commit, tip: commit, origin: "same-repository" },
  });
  expect(run.problem).toBeUndefined();
  expect(run.tracked?.runs).toMatchObject([{ name: "first", metrics: [{ name: "loss", count: 2 }] }]);
});

function readTracked(folder: string): Tracked | undefined {
  const file = join(folder, "tracked.json");
  return existsSync(file) ? Tracked.parse(JSON.parse(readFileSync(file, "utf8"))) : undefined;
}
