import { execFile } from "node:child_process";
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { alarmedHost } from "../acts/alarmed-host.ts";
import { KUBERNETES } from "../acts/deploying.ts";
import { daysAgo, requestsOf, SIGNATURE } from "../monitoring/watched-host.ts";
import { gitIn } from "../registry/repositories.ts";

const SLIPWAY = join(import.meta.dirname, "../../dist/slipway.js");
const ENV = {
  ...process.env,
  ...{ GIT_AUTHOR_NAME: "Ada", GIT_AUTHOR_EMAIL: "ada@example.org" },
  ...{ GIT_COMMITTER_NAME: "Ada", GIT_COMMITTER_EMAIL: "ada@example.org" },
};
const POLICY = `slipway: 1
deploy: ${JSON.stringify(KUBERNETES)}
monitor:
  requests: { store: file:.slipway/log }
  labels: { penguins: labels/*.csv }
  then: { bars: rollback }
`;

/** A folder in which version 2 is live and half of its answers are wrong: labels say so, and nobody has looked yet. */
async function broken(): Promise<string> {
  const host = await alarmedHost(2, { "slipway.yaml": POLICY });
  const version = { folder: "penguins", version: 2, stage: "production", signature: SIGNATURE, columns: {} };
  await host.ask(requestsOf(daysAgo(2), 120, { version }));
  await mkdir(join(host.folder, "labels"), { recursive: true });
  const lines = Array.from({ length: 120 }, (_, at) => `s1r${at}/0,gentoo`);
  await writeFile(join(host.folder, "labels/a.csv"), `id,label\n${lines.join("\n")}\n`);
  await slipway(host.folder, "deploy");
  return host.folder;
}

function slipway(cwd: string, ...args: string[]): Promise<{ signal: string | undefined; stdout: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [SLIPWAY, ...args], { cwd, env: ENV }, (error, stdout) =>
      resolve({ signal: error?.signal ?? undefined, stdout }),
    );
  });
}

/** What `verify` finds: of the versions and promotions, which this folder's builders wrote without acts, too. */
async function findings(folder: string): Promise<string[]> {
  const { stdout } = await slipway(folder, "verify", "--json");
  const { result } = JSON.parse(stdout) as { result: { findings: { message: string }[] } };
  return result.findings.map(({ message }) => message);
}

const act = (folder: string) => slipway(folder, "monitor", "--act", "--at", "2026-03-01", "--json");

/** Has Git kill itself and slipway as the n-th of all refs is about to be moved, or has just been. */
async function killAt(folder: string, when: "prepared" | "committed", n: number): Promise<string> {
  const hook = join(folder, ".git/hooks/reference-transaction");
  const count = join(folder, ".git/count");
  const script = `[ "$1" = ${when} ] || exit 0
echo >> ${count}
[ $(wc -l < ${count}) = ${n} ] || exit 0
kill -9 $(ps -o ppid= -p $PPID) $PPID`;
  await mkdir(join(folder, ".git/hooks"), { recursive: true });
  await writeFile(hook, `#!/bin/sh\n${script}\n`);
  await chmod(hook, 0o755);
  return hook;
}

it.each(["prepared", "committed"] as const)(
  "a kill -9 as each ref of monitor --act is %s, and again, ends with one rollback, told and deployed",
  async (when) => {
    const from = await broken();
    const before = await findings(from);
    let killed = 0;
    for (let n = 1; n <= 20; n += 1) {
      const root = await mkdtemp(join(tmpdir(), "slipway-killed-"));
      onTestFinished(() => rm(root, { recursive: true, force: true }));
      const folder = join(root, "repository");
      await cp(from, folder, { recursive: true });
      const hook = await killAt(folder, when, n);
      const { signal } = await act(folder);
      await rm(hook);
      if (signal === undefined) break;
      killed += 1;
      expect((await act(folder)).signal).toBeUndefined();
      const file = await gitIn(folder, "show", "monitoring:models/f9/penguins/ALARM.md");
      expect(file).toContain("Version 1 is in production again in place of version 2: decided by labels");
      const tags = (await gitIn(folder, "tag", "--list", "penguins#production#*")).split("\n").filter(Boolean);
      expect(tags).toHaveLength(3);
      expect(await gitIn(folder, "log", "-1", "--format=%s", "deploy")).toContain("penguins@1");
      expect(await findings(folder)).toEqual(before);
    }
    // The look, the file, the rollback with its tag, the branch deploy, the file again.
    expect(killed).toBeGreaterThanOrEqual(5);
  },
);

it("a kill -9 at any moment of the look, and again, records each window once", async () => {
  const folder = await broken();
  const before = await findings(folder);
  const log = async () => (await gitIn(folder, "log", "--format=%s", "monitoring").catch(() => "")).split("\n");
  for (let round = 1; round <= 8; round += 1) {
    const started = execFile(process.execPath, [SLIPWAY, "monitor", "--at", "2026-03-01"], { cwd: folder, env: ENV });
    const ended = new Promise((resolve) => started.once("exit", resolve));
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 150 * round))]);
    started.kill("SIGKILL");
    await ended;
  }

  await slipway(folder, "monitor", "--at", "2026-03-01");

  expect((await log()).filter((subject) => subject.startsWith("Look at 1 window"))).toHaveLength(1);
  expect(await findings(folder)).toEqual(before);
  await expect(readFile(join(folder, ".git/refs/heads/monitoring.lock"))).rejects.toThrow();
});
