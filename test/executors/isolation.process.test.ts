import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, vi } from "vitest";
import type { ExecutionTask } from "../../core/executors/executor.ts";
import { type LocalMachine, localExecutor } from "../../core/executors/local.ts";
import { findDescendants } from "../../core/runtime/descendants.ts";
import { detectIsolation } from "../../core/runtime/isolation.ts";
import { runCommand } from "../../core/stages/user-code/run-command.ts";
import { until } from "../helpers/app-process.ts";
import { temporaryFolder } from "../runtime/temporary.ts";

const hasNamespaces = (await detectIsolation()) === "pid-namespace";
let runs = 0;

/** Runs a command in a folder of its own; resolves to what it printed. */
async function run(
  command: string,
  { isolation, readOnly = [], graceMs, ...rest }: Partial<ExecutionTask & LocalMachine> & { graceMs?: number } = {},
) {
  const own = temporaryFolder({ "tree/here": "" });
  const mark = `isolation-${process.pid}-${runs++}`;
  const log = join(own, "log");
  await runCommand(localExecutor({ readOnly, isolation }), {
    ...{ command, folder: own, cwd: "tree", image: undefined, paths: {}, mark, log },
    ...{ limits: { timeoutMs: 20_000, graceMs }, timeoutKey: "train.timeout" },
    ...rest,
    env: { PATH: process.env["PATH"] ?? "", ...rest.env },
  });
  return { folder: own, mark, printed: readFileSync(log, "utf8") };
}

describe.each(["pid-namespace", "process-group"] as const)("in a %s", (isolation) => {
  it("nothing of the platform's environment is in a command's parent", async () => {
    const secret = "a secret that the platform holds";
    vi.stubEnv("ISOLATION_TEST_SECRET", secret);
    const { printed } = await run(`tr '\\0' '\\n' < /proc/$PPID/environ; echo; readlink /proc/$PPID/cwd; pwd`, {
      isolation,
    });
    expect(printed).not.toContain("ISOLATION_TEST");
    const [parent, own] = printed.trim().split("\n").slice(-2);
    expect(parent).toBe(own);
  });

  it("variables come as they are, whatever they hold", async () => {
    const env = { ODD: `a'b"c$d\`e\\f\n g `, status: "s", PPID: "1", BASH_ENV: "/nowhere", LEFT: "left" };
    const { printed } = await run("env", { isolation, env });
    expect(printed).toContain(`ODD=${env.ODD}\n`);
    for (const line of ["status=s", "BASH_ENV=/nowhere", "LEFT=left"]) expect(printed).toContain(`${line}\n`);
    expect(printed).not.toMatch(/^(SETPRIV|DROP)=/m);
  });

  it("programs that a model's own PATH names do not take the supervisor's place", async () => {
    const bin = temporaryFolder({ sh: "", mount: "", unshare: "", setpriv: "", cat: "", sleep: "" });
    for (const name of ["sh", "mount", "unshare", "setpriv", "cat", "sleep"]) {
      writeFileSync(join(bin, name), `#!/bin/sh\necho ${name} >> ${bin}/ran\n`);
      chmodSync(join(bin, name), 0o755);
    }
    await run("true", { isolation, env: { PATH: bin }, readOnly: [bin] });
    expect(existsSync(join(bin, "ran"))).toBe(false);
  });

  it("a program gets the signal of a time-out and the time to end well", async () => {
    const folder = temporaryFolder({});
    const command = `node -e 'process.on("SIGTERM", () => setTimeout(() => { require("fs").writeFileSync("${folder}/saved", ""); process.exit(0) }, 300));
      setInterval(() => {}, 1000); console.log("up")'; true`;
    const controller = new AbortController();
    const aborted = run(command, { isolation, signal: controller.signal, onOutput: () => controller.abort() });
    await expect(aborted).rejects.toMatchObject({ code: "INTERRUPTED" });
    expect(existsSync(join(folder, "saved"))).toBe(true);
  });

  it("a kill -9 of the platform's process leaves nothing running", async () => {
    const folder = temporaryFolder({});
    const mark = `isolation-${process.pid}-killed-${isolation}`;
    const module = JSON.stringify(new URL("../../core/executors/local.ts", import.meta.url).href);
    const script = `import { localExecutor } from ${module};
      await localExecutor({ readOnly: [], isolation: "${isolation}" }).run({ command: "sleep 600 & touch up; sleep 600",
        folder: ${JSON.stringify(folder)}, cwd: ".", paths: {}, limits: { timeoutMs: 600000 },
        log: ${JSON.stringify(join(folder, "log"))}, mark: "${mark}", env: { PATH: process.env.PATH } });`;
    const platform = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], {
      stdio: "ignore",
    });
    const exited = once(platform, "exit");
    while (!existsSync(join(folder, "up")) && platform.exitCode === null) await sleep(10);
    expect(findDescendants({ mark })).not.toEqual([]);
    platform.kill("SIGKILL");
    await exited;
    await until(() => findDescendants({ mark }).length === 0);
  });
});

describe.runIf(hasNamespaces)("in a process namespace", () => {
  it("a command sees its own processes alone", async () => {
    const { printed } = await run("ls -d /proc/[0-9]*; cat /proc/[0-9]*/cmdline");
    expect(printed).not.toContain("vitest");
    expect(printed.match(/^\/proc\/\d+$/gm)?.length).toBeLessThan(6);
  });

  it.each([
    ["cleared its environment and made a session", (line: string) => `env -i setsid sh -c 'trap "" TERM; ${line}' &`],
    ["forked twice and went to the root folder", (line: string) => `( cd / && env -i setsid sh -c '${line} & :' & );`],
  ])("a daemon that %s ends with the command", async (_, daemon) => {
    const line = `sleep 600.${process.pid}${runs}`;
    const { printed } = await run(`${daemon(line)} until pgrep -fx '${line}'; do sleep 0.02; done`, { graceMs: 100 });
    expect(printed).toMatch(/^\d+\n$/);
    expect(spawnSync("pgrep", ["-fx", line]).stdout.toString()).toBe("");
  });

  it("a folder is read-only, but for what is said to be writable in it", async () => {
    const state = temporaryFolder({ "kept/file": "kept", "home/x": "" });
    const command = `echo changed > ${state}/kept/file; rm -rf ${state}/kept; mv ${state} ${state}.old;
      mount -o remount,bind,rw ${state}; umount ${state}; echo changed > ${state}/kept/file; echo mine > ${state}/home/own; true`;
    await run(command, { readOnly: [state], folder: join(state, "home"), cwd: "." });
    expect(readFileSync(join(state, "kept/file"), "utf8")).toBe("kept");
    expect(readFileSync(join(state, "home/own"), "utf8")).toBe("mine\n");
  });

  it("a working folder in a read-only one is no way around it", async () => {
    const state = temporaryFolder({ "kept/file": "kept", "home/x": "" });
    mkdirSync(join(state, "home/tree"));
    const command = "echo changed > ../../kept/file; cd ../..; echo changed > kept/file; true";
    await run(command, { readOnly: [state], folder: join(state, "home"), cwd: "tree" });
    expect(readFileSync(join(state, "kept/file"), "utf8")).toBe("kept");
  });

  it("a library that a model preloads is loaded by its own command alone", async () => {
    const { printed } = await run("exec 2>&1; true", { env: { LD_PRELOAD: "/nowhere/evil.so" } });
    expect(printed.match(/unshare|setpriv|mount/g)).toBeNull();
  });
});
