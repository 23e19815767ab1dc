import { appendFileSync, chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parseResultName } from "../../core/stages/result-name.ts";
import { SPEC } from "../e2e/tiny-model.ts";
import { arrangeModels, OWN_METRIC } from "../stages/models.ts";
import { runJobs } from "./chain.ts";
import { arrangeRunner, EVENTS } from "./ports.ts";

async function arrange(about: Parameters<typeof arrangeModels>[0] = {}) {
  const models = await arrangeModels(about);
  return { ...models, runner: await arrangeRunner(models.repository) };
}

/** A predict program that prints what a thief would look for. */
const SNOOP = `import { execSync } from "node:child_process";
console.log(Object.keys(process.env).sort().join(" "));
console.log(execSync("ls -A $GITHUB_WORKSPACE 2>&1 || true; git rev-parse --git-dir 2>&1 || true").toString());
`;

it("takes a push on the default branch to a result in the durable store, attested by its digest", async () => {
  const { commit, runner, store } = await arrange();
  const { jobs, run, store: stored } = await runJobs(runner, EVENTS.push(commit), { model: "tiny", commit });
  expect(run).toMatchObject({ outcome: "succeeded", binding: true, run: "77-1-tiny", source: { commit } });
  const { artifact, predictions, predictions_profile, data } = run;
  for (const uri of [artifact, predictions, predictions_profile, data?.profile].map((file) => file?.uri)) {
    expect(uri).toMatch(new RegExp(`^file:${store}/`));
    expect(existsSync(uri?.slice("file:".length) ?? "")).toBe(true);
  }
  expect(parseResultName(stored.told.outputs["result"] ?? "")).toBeDefined();
  expect(jobs.score?.told.summary).toMatch(/^### ✅ tiny: /);
  expect(stored.told.summary).toBe("");
});

it("keeps a pull request's bytes in its own artifacts, where nothing can be registered from", async () => {
  const { commit, runner, store } = await arrange();
  const { run } = await runJobs(runner, EVENTS.pullRequest(commit, commit), { model: "tiny", commit });
  expect(run).toMatchObject({ outcome: "succeeded", binding: false });
  expect(run.artifact?.uri).toMatch(/^actions:77\/slipway-train-tiny\//);
  expect(run.predictions?.uri).toMatch(/^actions:77\/slipway-score-tiny\//);
  expect(existsSync(store)).toBe(false);
});

it("lets what is live predict again and own metrics judge, in jobs of their own", async () => {
  const metrics = { ...SPEC.metrics, right: { run: "node right.mjs", "greater-is-better": true } };
  const {
    repository,
    spec,
    ship,
    runner,
    commit: tip,
  } = await arrange({
    spec: { metrics },
    files: { "models/tiny/right.mjs": OWN_METRIC },
  });
  await ship();
  await spec({ metrics, data: { ...SPEC.data, test: "data/more.csv" } });
  const rows = readFileSync(join(repository.folder, "models/tiny/data/test.csv"), "utf8");
  await repository.write({ "models/tiny/data/more.csv": rows.replaceAll(/^t/gm, "m") });
  const commit = await repository.commit("other rows");
  const { jobs, run } = await runJobs(runner, EVENTS.pullRequest(commit, tip), { model: "tiny", commit });
  expect(run.problem).toBeUndefined();
  expect(jobs).toMatchObject({ baseline: { result: "success" }, "own-metrics": { result: "success" } });
  expect(run.evaluation?.comparisons[0]).toMatchObject({ version: 1, predictions: "recomputed" });
  expect(run.evaluation?.metrics).toMatchObject({ right: { function: "own" } });
});

it("fails a job whose user code fails, after its record; the result says why", async () => {
  const { repository, runner } = await arrange();
  await repository.write({
    "models/tiny/train.mjs": "console.log('::error::forged'); console.log('no'); process.exit(3);",
  });
  const commit = await repository.commit("broken");
  const { jobs, run, store: stored } = await runJobs(runner, EVENTS.push(commit), { model: "tiny", commit });
  expect(jobs.train).toMatchObject({ result: "failure", told: { outputs: { outcome: "failed" } } });
  expect(jobs.train?.told.outputs["record"]).toMatch(/^[0-9a-f]{64}$/);
  expect(jobs.train?.told.annotations).toMatchObject([{ level: "error", title: "COMMAND_FAILED" }]);
  expect(jobs.train?.told.lines).toContain("│ ::error::forged");
  expect(run).toMatchObject({
    outcome: "failed",
    problem: { code: "COMMAND_FAILED", found: expect.stringContaining("no") },
  });
  expect(parseResultName(stored.told.outputs["result"] ?? "")).toBeDefined();
  expect(stored.told.summary).toMatch(/The run failed/);
});

it("puts data that breaks its rules into the result, and onto the spec", async () => {
  const { spec, repository, runner } = await arrange();
  await spec({ data: { ...SPEC.data, columns: { x: { type: "double", max: 10 } } } });
  const commit = await repository.commit("stricter");
  const { jobs, run } = await runJobs(runner, EVENTS.push(commit), { model: "tiny", commit });
  expect(run).toMatchObject({ outcome: "failed", problem: { code: "DATA_INVALID" } });
  expect(run.violations.map(({ set }) => set)).toEqual(["train", "test"]);
  expect(jobs.validate?.told.annotations).toMatchObject([{ title: "DATA_INVALID", file: "models/tiny/model.yaml" }]);
});

it("shows user code no token, no input, no repository and nothing of another job", async () => {
  const { repository, runner } = await arrange();
  const predict = readFileSync(join(repository.folder, "models/tiny/predict.mjs"), "utf8");
  await repository.write({ "models/tiny/predict.mjs": `${SNOOP}${predict}` });
  const commit = await repository.commit("a look around");
  const places: Record<string, string> = {};
  const { jobs, run } = await runJobs(runner, EVENTS.push(commit), {
    ...{ model: "tiny", commit },
    before: (stage, place) => {
      places[stage] = place;
      mkdirSync(join(place, "workspace/models/tiny/data"), { recursive: true });
      writeFileSync(join(place, "workspace/models/tiny/data/test.csv"), "labels of another job");
    },
  });
  expect(run.outcome).toBe("succeeded");
  const said = jobs.predict?.told.lines.join("\n") ?? "";
  expect(said).toMatch(/SLIPWAY_FEATURES/);
  expect(said).not.toMatch(/ACTIONS_|INPUT_|GITHUB_|RUNNER_/);
  expect(said).toMatch(/not a git repository/);
  for (const stage of ["train", "predict"]) {
    expect(readdirSync(join(places[stage] ?? "", "workspace"))).toEqual([]);
    expect(readdirSync(join(places[stage] ?? "", "temp"))).toEqual([]);
  }
  // Jobs without user code leave the workspace alone.
  expect(readdirSync(join(places["score"] ?? "", "workspace"))).toEqual(["models"]);
});

it("hands user code the secrets that the default branch's policy names, and hides them in what is kept", async () => {
  const policy = { secrets: { train: ["HF_TOKEN"] } };
  const { repository, runner, commit: tip } = await arrange({ policy });
  const train = readFileSync(join(repository.folder, "models/tiny/train.mjs"), "utf8");
  const look =
    'console.log("mine: " + process.env.HF_TOKEN + " " + process.env.OTHER);\nif (process.env.STOP) process.exit(1);\n';
  await repository.write({ "models/tiny/train.mjs": `${look}${train}` });
  const commit = await repository.commit("needs a token");
  const secrets = { HF_TOKEN: "hf-s3cret", OTHER: "not-named" };
  const { jobs } = await runJobs(runner, EVENTS.pullRequest(commit, tip), { model: "tiny", commit, secrets });
  expect(jobs.train?.told.lines).toContain("│ mine: hf-s3cret undefined");
  expect(jobs.train?.told.masks).toEqual(expect.arrayContaining(["hf-s3cret", "not-named"]));
  const store = join(runner.artifacts.at("slipway-train-tiny"), "store/sha256");
  const kept = readdirSync(store, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));
  expect(kept.filter((text) => text.includes("hf-s3cret"))).toEqual([]);
  expect(kept.some((text) => text.includes("mine: *** undefined"))).toBe(true);

  const fork = await runJobs(runner, EVENTS.pullRequest(commit, tip, "eve/models"), { model: "tiny", commit, secrets });
  expect(fork.jobs.train?.told.lines).toContain("│ mine: undefined undefined");
});

it("warns where the policy names a secret that the workflow does not hand over", async () => {
  const { commit, runner } = await arrange({ policy: { secrets: { predict: ["HF_TOKEN"] } } });
  const { jobs, run } = await runJobs(runner, EVENTS.push(commit), { model: "tiny", commit });
  expect(run.outcome).toBe("succeeded");
  expect(jobs.predict?.told.annotations).toMatchObject([
    { level: "warning", message: expect.stringContaining("HF_TOKEN") },
  ]);
});

it("refuses a fork's own machine and image, and says so in the model's result", async () => {
  const { spec, repository, runner, commit: tip } = await arrange();
  await spec({ train: { ...SPEC.train, "runs-on": ["self-hosted", "gpu"] }, environment: { image: "eve/miner" } });
  const commit = await repository.commit("on your machine");
  const event = EVENTS.pullRequest(commit, tip, "eve/models");
  const { jobs, run } = await runJobs(runner, event, { model: "tiny", commit });
  expect(Object.keys(jobs)).toEqual(["validate"]);
  expect(run).toMatchObject({
    outcome: "failed",
    problem: { code: "UNSUPPORTED", found: expect.stringMatching(/fork.*\n.*fork/) },
  });
});

it("refuses another commit than the event's", async () => {
  const { commit, repository, runner } = await arrange();
  const other = await repository.commit("another");
  const { jobs, run } = await runJobs(runner, EVENTS.push(commit), { model: "tiny", commit: other });
  expect(jobs.validate).toMatchObject({ result: "failure", error: { code: "USAGE" } });
  expect(run).toMatchObject({ outcome: "failed", problem: { code: "SYSTEM_FAILED" } });
});

it.each([
  ["predictions that were swapped", "predict", "store"],
  ["a record that was rewritten", "predict", "record.json"],
  ["features that were swapped", "validate", "store"],
])("refuses %s on the way from job to job", async (_, stage, what) => {
  const { commit, runner } = await arrange();
  const { jobs, run } = await runJobs(runner, EVENTS.push(commit), {
    ...{ model: "tiny", commit },
    before: (next) => {
      if (next !== (stage === "predict" ? "score" : "predict")) return;
      const folder = join(runner.artifacts.at(`slipway-${stage}-tiny`), what);
      const files = what === "store" ? readdirSync(folder, { recursive: true, withFileTypes: true }) : undefined;
      const paths = files?.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name)) ?? [folder];
      for (const path of paths) {
        chmodSync(path, 0o600);
        appendFileSync(path, " ");
      }
    },
  });
  const failed = stage === "predict" ? jobs.score : jobs.predict;
  expect(failed?.result).toBe("failure");
  expect(run.problem?.code).toMatch(/^(HANDOVER|ARTIFACT)_CORRUPT$/);
});

it("takes no artifact under a good name that no job attested", async () => {
  const { commit, runner } = await arrange();
  const { run } = await runJobs(runner, EVENTS.push(commit), {
    ...{ model: "tiny", commit },
    before: async (next) => {
      if (next !== "score") return;
      // As user code with the run's token might: another record, whole in itself.
      const forged = join(runner.root, "forged");
      mkdirSync(forged);
      const record = JSON.parse(readFileSync(join(runner.artifacts.at("slipway-predict-tiny"), "record.json"), "utf8"));
      writeFileSync(join(forged, "record.json"), JSON.stringify({ ...record, seconds: 0 }));
      await runner.artifacts.upload("slipway-predict-tiny", forged);
    },
  });
  expect(run).toMatchObject({ outcome: "failed", problem: { code: "HANDOVER_CORRUPT" } });
});

it("says what a lost runner left out", async () => {
  const { commit, runner } = await arrange();
  const { ports } = await runner.job(EVENTS.push(commit), {
    ...{ model: "tiny", commit },
    needs: JSON.stringify({
      validate: { result: "cancelled", outputs: {} },
      train: { result: "skipped", outputs: {} },
    }),
  });
  const { run } = await import("../../actions/store/run.ts");
  await run(ports);
  const file = join(runner.artifacts.at("slipway-result-tiny"), "result.json");
  expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({
    outcome: "failed",
    problem: {
      code: "SYSTEM_FAILED",
      message: "The job validate ended without a record",
      found: expect.stringContaining("cancelled"),
    },
  });
});
