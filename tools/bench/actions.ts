// The Actions: what each job pays before it does anything, and what a pull request waits for on a real workflow engine.
import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { openOnAct } from "../../test/e2e/act/runs.ts";
import { type Models, threshold } from "../../test/e2e/github/models.ts";
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

/** From the opening of a pull request to the end of its run, whose user code takes a tenth of a second a model. */
async function pullRequest(count: number, runs: number, target: number): Promise<Measurement> {
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
    for (let turn = 0; turn < runs; turn += 1) all.push(await run(turn));
    all.sort((a, b) => a - b);
    const [median = 0, p95 = 0] = [all[Math.floor((runs - 1) / 2)], all.at(-1)];
    const size = `${count} ${count === 1 ? "model" : "models"}`;
    return {
      what: "a pull request's run on act",
      size,
      unit: "s",
      median,
      p95,
      runs,
      target,
      bound: "jobs' processes",
    };
  } finally {
    await at.close();
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
