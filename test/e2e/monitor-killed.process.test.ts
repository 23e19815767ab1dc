import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { verifyMonitoring } from "../../core/acts/verify-monitoring.ts";
import { daysAgo, requestsOf, watchedHost } from "../monitoring/watched-host.ts";

const SLIPWAY = fileURLToPath(new URL("../../dist/slipway.js", import.meta.url));
const DAYS = 6;

/** A host that answered for some days, and whose labels came. */
async function arrange() {
  const host = await watchedHost();
  for (let day = 1; day <= DAYS; day += 1) await host.ask(requestsOf(daysAgo(day), 40), daysAgo(day));
  await mkdir(join(host.folder, "labels"));
  await writeFile(join(host.folder, "labels/a.csv"), "id,label\ns1r0/0,gentoo\ns2r0/0,adelie\n");
  const temporary = await mkdtemp(join(tmpdir(), "slipway-killed-"));
  onTestFinished(() => rm(temporary, { recursive: true, force: true }));
  const start = () => {
    const env = {
      ...process.env,
      TMPDIR: temporary,
      GIT_AUTHOR_NAME: "Ada",
      GIT_AUTHOR_EMAIL: "a@b.c",
      EMAIL: "a@b.c",
    };
    const child = spawn(process.execPath, [SLIPWAY, "-C", host.folder, "monitor", "--at", "2026-03-01"], {
      env,
      stdio: "ignore",
    });
    return { child, ended: once(child, "close") };
  };
  return { host, temporary, start };
}

it("a kill -9 of monitor, whenever it comes, leaves a branch that is whole or not there, and the next look finishes it", async () => {
  const { host, temporary, start } = await arrange();
  const began = performance.now();
  const whole = start();
  await whole.ended;
  const takes = performance.now() - began;
  await host.git("update-ref", "-d", "refs/heads/monitoring");
  for (let kill = 1; kill <= 8; kill += 1) {
    const { child, ended } = start();
    await new Promise((resolve) => setTimeout(resolve, (takes * kill) / 8));
    child.kill("SIGKILL");
    await ended;
    await expect(verifyMonitoring(host.ports, false)).resolves.toEqual([]);
  }
  const last = start();
  await last.ended;
  const files = (await host.git("ls-tree", "-r", "--name-only", "monitoring")).split("\n");
  expect(files).toHaveLength(DAYS);
  expect(await host.git("rev-list", "--count", "monitoring")).toBe("1");
  await expect(verifyMonitoring(host.ports, false)).resolves.toEqual([]);
  expect(await readdir(temporary)).toEqual([]);
});
