import { statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startAppProcess, until } from "../../../test/helpers/app-process.ts";
import { startSandbox } from "../../sandbox/start.ts";
import { type Measurement, timingOf } from "../measurement.ts";

const DIST = fileURLToPath(new URL("../../../dist", import.meta.url));
const RUNS = 10;

/** The App until it is ready, with its size. */
export async function measureStart(): Promise<Measurement[]> {
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
    return [{ what: "App: start → ready", size: kilobytes(join(DIST, "app.js")), unit: "ms", bound, ...timing }];
  } finally {
    await sandbox.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Of a file. */
function kilobytes(path: string): string {
  return `${Math.round(statSync(path).size / 1024)} kB`;
}
