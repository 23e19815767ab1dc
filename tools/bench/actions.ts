// The Actions: what each job pays before it does anything, and what a pull request waits for on a real workflow engine.
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { openOnAct } from "../../test/e2e/act/runs.ts";
import { type Models, threshold } from "../../test/e2e/github/models.ts";
import { FILES, SPEC } from "../../test/e2e/tiny-model.ts";
import { program } from "../servers/programs.ts";
import { type Measurement, repeat } from "./measurement.ts";

const ACTIONS = ["plan", "validate", "train", "predict", "score", "store", "deploy", "bot"];
const AT = { owner: "acme", repo: "models" };

/** Needs what tools/build/servers.mjs brings. */
export async function bench(): Promise<Measurement[]> {
  const measured: Measurement[] = [];
  const node = await repeat(11, () => refused(["-e", "process.exitCode = 1"]));
  for (const name of ACTIONS) measured.push(await coldStart(name, node.median));
  measured.push(await pullRequest(1, 3, 5), await pullRequest(20, 1, 30));
  return measured;
}

/** An Action's bundle from the start of the process until it has read its inputs, and refuses that there are none. */
async function coldStart(name: string, node: number): Promise<Measurement> {
  const main = fileURLToPath(new URL(`../../dist/actions/${name}/dist/main.js`, import.meta.url));
  const timing = await repeat(11, () => refused([main], "::error title=USAGE::"));
  const peer = { what: "node -e 0", median: node, ratio: node / timing.median };
  const bound = "starting Node; loading zod, its own chunks";
  return { what: `action ${name} without inputs`, size: "a process", unit: "ms", target: 250, bound, peer, ...timing };
}

/** A process that has to end with 1, and to say so. */
function refused(argv: readonly string[], said = ""): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(program("node24"), argv, { env: { PATH: process.env["PATH"] }, timeout: 60_000 }, (error, stdout) =>
      error?.code === 1 && stdout.startsWith(said) ? resolve() : reject(error ?? new Error(stdout)),
    );
  });
}

/**
 * From the opening of a pull request to the end of its run, less what its models' programs take by themselves: they run beside
 * each other, one for each core.
 */
async function pullRequest(count: number, runs: number, target: number): Promise<Measurement> {
  const programs = (await programsAlone()) * (count / Math.min(count, availableParallelism()));
  const models = Array.from({ length: count }, (_, at) => `model-${at}`);
  const at = await openOnAct({ models: Object.fromEntries(models.map((name) => [name, {}])) });
  try {
    const run = async (turn: number) => {
      const branch = `turn-${turn}`;
      const files = Object.assign({}, ...models.map((name) => threshold(41 + turn, name)));
      const head = await at.push("eve", branch, files);
      return await seconds(async () => {
        await at.as("eve").rest.pulls.create({ ...AT, title: branch, base: "main", head: branch });
        await ended(at, head);
      });
    };
    const all: number[] = [];
    for (let turn = 0; turn < runs; turn += 1) all.push((await run(turn)) - programs);
    all.sort((a, b) => a - b);
    const [median = 0, p95 = 0] = [all[Math.floor((runs - 1) / 2)], all.at(-1)];
    const size = `${count} ${count === 1 ? "model" : "models"}`;
    return {
      what: "the platform's part of a pull request's run on act",
      size,
      unit: "s",
      median,
      p95,
      runs,
      target,
      bound: `jobs' processes; ${programs.toFixed(2)} s of the models' own programs are left out`,
    };
  } finally {
    await at.close();
  }
}

/** What the programs of one model take outside the platform, in seconds. */
async function programsAlone(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "slipway-bench-programs-"));
  const at = (name: string) => join(folder, name);
  const files = { ...FILES, "params.json": JSON.stringify(SPEC.train.params) };
  try {
    await mkdir(at("data"));
    for (const [name, text] of Object.entries(files)) await writeFile(at(name), text);
    const env = {
      ...{ PATH: process.env["PATH"], SLIPWAY_PARAMS: at("params.json"), SLIPWAY_MODEL: folder },
      ...{ SLIPWAY_TRAIN_DATA: at("data/train.csv"), SLIPWAY_FEATURES: at("data/test.csv") },
      SLIPWAY_PREDICTIONS: at("predictions.csv"),
    };
    const run = promisify(execFile);
    const both = await repeat(5, async () => {
      for (const name of ["train.mjs", "predict.mjs"]) await run(program("node24"), [at(name)], { env });
    });
    return both.median / 1_000;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1_000;
}

/** Rejects if the run did not succeed: what fails early is no measure. */
async function ended(at: Models, head: string): Promise<void> {
  for (;;) {
    const run = [...at.repo.runs.values()].findLast(
      ({ headSha, event }) => headSha === head && event === "pull_request",
    );
    if (run?.status === "completed") {
      if (run.conclusion === "success") return;
      throw new Error(
        `the run ended with ${run.conclusion}: ${run.jobs.map((job) => `${job.name} ${job.conclusion}`)}`,
      );
    }
    await sleep(20);
  }
}
