import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { parseResultName } from "../../../../core/stages/result-name.ts";
import { running } from "./running.ts";

const ROOT = path.join(import.meta.dirname, "../../../..");
const CALLER = `name: Slipway
on: { push: {} }
permissions: {}
jobs:
  pipeline:
    permissions: { actions: read, contents: read, id-token: write, packages: write }
    uses: slipway/slipway/.github/workflows/register.yml@v1
`;
const SHA = "ab".repeat(32);

/** Our workflows as they are, with Actions that answer from FAKE (JSON: stage → outputs, or "fail"). */
async function withFakes(fake: Record<string, Record<string, string> | "fail">) {
  const files: Record<string, string> = {};
  for (const name of await readdir(path.join(ROOT, ".github/workflows")))
    files[`.github/workflows/${name}`] = await readFile(path.join(ROOT, ".github/workflows", name), "utf8");
  for (const name of ["plan", "validate", "train", "predict", "score", "store"]) {
    const text = await readFile(path.join(ROOT, "actions", name, "action.yml"), "utf8");
    files[`actions/${name}/action.yml`] = text.replace(/^ {2}main: .*$/m, "  main: fake.js");
    files[`actions/${name}/fake.js`] = `
const inputs = Object.entries(process.env).filter(([key]) => key.startsWith("INPUT_") && key !== "INPUT_TOKEN");
console.log("inputs: " + JSON.stringify(Object.fromEntries(inputs)));
const stage = process.env.INPUT_STAGE || "${name}";
const answer = ${JSON.stringify(fake)}[stage] ?? { record: stage };
for (const [key, value] of Object.entries(answer === "fail" ? { record: stage } : answer))
  require("node:fs").appendFileSync(process.env.GITHUB_OUTPUT, key + "=" + value + "\\n");
process.exitCode = answer === "fail" ? 1 : 0;
`;
  }
  const world = await running({}, files, { labels: ["self-hosted", "gpu"] });
  await world.push({ ".github/workflows/slipway.yml": CALLER });
  const prefix = "pipeline / ";
  const jobs = Object.entries(world.jobs()).map(([name, end]) => [name.replace(prefix, ""), end]);
  return { jobs: Object.fromEntries(jobs), log: (name: string) => world.log(`${prefix}${name}`), runs: world.runs };
}

const leg = (model: string) => ({
  model,
  image: "",
  "train-runs-on": '"ubuntu-latest"',
  "train-minutes": 90,
  "predict-runs-on": '["self-hosted","gpu"]',
  "predict-minutes": 40,
});
const plan = (...models: string[]) => ({
  matrix: JSON.stringify({ include: models.map(leg) }),
  count: String(models.length),
  head: "c".repeat(40),
  problems: "0",
});
const store = { result: `result 123 sha256:${SHA}` };

it("takes each changed model through its jobs, and attests its result in the last one's name", async () => {
  const { jobs, log, runs } = await withFakes({ plan: plan("a", "b"), store });
  expect(jobs).toEqual({
    plan: "success",
    ...Object.fromEntries(
      ["a", "b"].flatMap((model) => [
        ...["validate", "train", "predict", "score", "store"].map((stage) => [`${model} / ${stage}`, "success"]),
        ...["baseline", "own-metrics"].map((stage) => [`${model} / ${stage}`, "skipped"]),
        [`${model} / ${store.result}`, "success"],
      ]),
    ),
    result: "success",
  });
  expect(runs()[0]?.conclusion).toBe("success");
  const last = Object.keys(jobs).filter((name) => parseResultName(`pipeline / ${name}`));
  expect(last).toHaveLength(2);
  const given = await log("a / predict");
  for (const [input, value] of Object.entries({ MODEL: "a", TRAIN: "train", VALIDATE: "validate", SECRETS: "" }))
    expect(given).toContain(`"INPUT_${input}":"${value}"`);
  expect(runs()[0]?.jobs.find(({ name }) => name.endsWith("a / predict"))?.labels).toEqual(["self-hosted", "gpu"]);
});

it("lets what is live and the model's own metrics run where validate says so", async () => {
  const validate = { record: "validate", baseline: "true", "own-metrics": "true" };
  const { jobs, log } = await withFakes({ plan: plan("a"), validate, store });
  expect(jobs).toMatchObject({ "a / baseline": "success", "a / own-metrics": "success", "a / score": "success" });
  expect(await log("a / own-metrics")).toMatch(/"INPUT_STAGE":"own-metrics"/);
  const given = await log("a / score");
  for (const input of ["BASELINE", "OWN-METRICS"]) expect(given).toContain(`"INPUT_${input}":"${input.toLowerCase()}"`);
});

it("scores without a baseline that failed", async () => {
  const validate = { record: "validate", baseline: "true" };
  const { jobs, runs } = await withFakes({ plan: plan("a"), validate, baseline: "fail", store });
  expect(jobs).toMatchObject({ "a / baseline": "failure", "a / score": "success", [`a / ${store.result}`]: "success" });
  expect(runs()[0]?.conclusion).toBe("failure");
});

it.each(["validate", "train", "predict", "score"])("stores and attests a run whose %s failed", async (stage) => {
  const { jobs, log, runs } = await withFakes({ plan: plan("a"), [stage]: "fail", store });
  expect(jobs).toMatchObject({
    [`a / ${stage}`]: "failure",
    "a / store": "success",
    [`a / ${store.result}`]: "success",
  });
  expect(jobs["result"]).toBe("failure");
  expect(runs()[0]?.conclusion).toBe("failure");
  expect(await log("a / store")).toContain(
    `\\"${stage}\\": {\\n    \\"result\\": \\"failure\\",\\n    \\"outputs\\": {\\n      \\"record\\": \\"${stage}\\"`,
  );
});

it("does not score where the model's own metrics failed", async () => {
  const validate = { record: "validate", "own-metrics": "true" };
  const { jobs } = await withFakes({ plan: plan("a"), validate, "own-metrics": "fail", store });
  expect(jobs).toMatchObject({ "a / own-metrics": "failure", "a / score": "skipped", "a / store": "success" });
});

it("ends well without a changed model, and badly with a spec that cannot be run", async () => {
  expect((await withFakes({ plan: plan() })).jobs).toEqual({ plan: "success", model: "skipped", result: "success" });
  expect((await withFakes({ plan: { ...plan(), problems: "1" } })).jobs).toMatchObject({ result: "failure" });
});

it("leaves no attesting name where storing failed", async () => {
  const { jobs } = await withFakes({ plan: plan("a"), store: "fail" });
  expect(jobs).toMatchObject({ "a / store": "failure", "a / result": "skipped" });
});
