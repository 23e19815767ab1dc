import { execFile } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startAppProcess, until } from "../../../test/helpers/app-process.ts";
import { startSandbox } from "../../sandbox/start.ts";
import { type Measurement, repeat, timingOf } from "../measurement.ts";

const DIST = fileURLToPath(new URL("../../../dist", import.meta.url));
const RUNS = 10;
const TARGET = 250;

/** The App until it is ready, and each Action until it has refused to run without its inputs; with their sizes. */
export async function measureStarts(): Promise<Measurement[]> {
  const node = await repeat(RUNS, () => execute(["-e", "process.exitCode = 1"]));
  const actions = readdirSync(join(DIST, "actions"));
  const measured = [await measureApp()];
  for (const name of actions) {
    const folder = join(DIST, "actions", name);
    const timing = await repeat(RUNS, () => execute([join(folder, "main.js")]));
    const size = kilobytes(folder);
    const peer = { what: "node -e 0", median: node.median, ratio: node.median / timing.median };
    const bound = "starting Node; loading zod, its own chunks";
    measured.push({ what: `action ${name} without inputs`, size, unit: "ms", target: TARGET, bound, peer, ...timing });
  }
  return measured;
}

async function measureApp(): Promise<Measurement> {
  const sandbox = await startSandbox();
  const added = await sandbox.addApp({ slug: "slipway", permissions: {}, events: [] });
  const folder = await mkdtemp(join(tmpdir(), "slipway-bench-app-"));
  const environment = {
    APP_ID: String(added.id),
    PRIVATE_KEY: added.privateKey,
    WEBHOOK_SECRET: "a-secret-of-the-bench-alone",
    GITHUB_API_URL: sandbox.url,
  };
  try {
    const times: number[] = [];
    for (let at = 0; at <= RUNS; at += 1) {
      const start = performance.now();
      const app = await startAppProcess(environment, { folder });
      await until(async () => (await fetch(`${app.url}/readyz`)).ok);
      times.push(performance.now() - start);
      await app.end("SIGKILL");
    }
    const timing = timingOf(times.slice(1));
    const bound = "starting Node; loading Probot, zod, Octokit";
    return { what: "App: start → ready", size: kilobytes(join(DIST, "app.js")), unit: "ms", bound, ...timing };
  } finally {
    await sandbox.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** A process that has to end with 1. */
function execute(argv: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, argv, { env: { PATH: process.env["PATH"] }, timeout: 60_000 }, (error, stdout) =>
      error?.code === 1 ? resolve() : reject(error ?? new Error(`it did not fail: ${stdout}`)),
    );
  });
}

/** JavaScript alone, of a file or a folder. */
function kilobytes(path: string): string {
  const files = statSync(path).isFile()
    ? [path]
    : readdirSync(path, { recursive: true }).map((file) => join(path, String(file)));
  const bytes = files.filter((file) => file.endsWith(".js")).reduce((total, file) => total + statSync(file).size, 0);
  return `${Math.round(bytes / 1024)} kB`;
}
