import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { localExecutor } from "../../core/executors/local.ts";
import { endDescendants, findDescendants } from "../../core/runtime/descendants.ts";
import { temporaryFolder } from "../runtime/temporary.ts";

const PATH = process.env["PATH"] ?? "";
let programs = 0;

/** Starts a command that answers; the test ends it. */
async function started(command: string, isolation: "pid-namespace" | "process-group") {
  const folder = temporaryFolder({});
  const mark = `program-${process.pid}-${++programs}`;
  const task = { command, folder, mark, cwd: ".", image: undefined, env: { PATH }, paths: { FOLDER: "." } };
  const program = await localExecutor({ readOnly: [], isolation }).start(task);
  onTestFinished(() => program.kill());
  const lines = createInterface({ input: program.answers })[Symbol.asyncIterator]();
  const next = async () => (await lines.next()).value as string;
  return { program, next, folder, mark };
}

describe.each(["pid-namespace", "process-group"] as const)("a program in a %s", (isolation) => {
  it("reads descriptor 3 and writes descriptor 4, and its output is its log", async () => {
    const { program, next } = await started(
      `echo loud; echo louder >&2; while read -r x; do echo "got $x"; done <&3 >&4`,
      isolation,
    );
    program.requests.write("one\ntwo\n");
    expect([await next(), await next()]).toEqual(["got one", "got two"]);
    expect(program.tail()).toBe("loud\nlouder\n");
  });

  it("may take both for standard input and output", async () => {
    const { program, next } = await started("cat <&3 >&4", isolation);
    program.requests.write("x\n");
    expect(await next()).toBe("x");
  });

  it("ends when descriptor 3 does, and says how", async () => {
    const { program } = await started("cat <&3 >&4; exit 7", isolation);
    await program.end(60_000, 60_000);
    expect(await program.exited).toEqual({ code: 7, signal: null });
  });

  it("that does not end then is told to, and may end well", async () => {
    const wait = `trap 'touch "$FOLDER/told"; exit 0' TERM; echo up >&4; while :; do sleep 0.05; done`;
    const { program, next, folder } = await started(wait, isolation);
    await next();
    await program.end(300, 60_000);
    expect(readdirSync(folder)).toContain("told");
  });

  it("that does not end after that either is killed, with all that it started", async () => {
    const { program, next, mark } = await started(
      `trap '' TERM; sleep 600 & setsid sleep 600 & echo up >&4; while :; do sleep 0.05; done`,
      isolation,
    );
    await next();
    await program.end(100, 100);
    await expect.poll(() => findDescendants({ mark })).toEqual([]);
  });

  it("ends without its siblings", async () => {
    const folder = temporaryFolder({});
    const mark = `program-${process.pid}-${++programs}`;
    const executor = localExecutor({ readOnly: [], isolation });
    const start = () =>
      executor.start({ command: "cat <&3 >&4", folder, mark, cwd: ".", image: undefined, env: { PATH }, paths: {} });
    const [first, second] = [await start(), await start()];
    onTestFinished(() => second.kill());
    await first.kill();
    second.requests.write("still here\n");
    const [line] = await once(second.answers, "data");
    expect(String(line)).toBe("still here\n");
    expect(findDescendants({ mark })).not.toEqual([]);
    await endDescendants({ mark, graceMs: 0 });
    expect(findDescendants({ mark })).toEqual([]);
  });

  it("says how much memory all of its processes hold", async () => {
    const hold = `node -e 'globalThis.held = Buffer.alloc(1e8, 1); require("fs").writeSync(4, "up\\n"); setInterval(() => {}, 1e6)' & wait`;
    const { program, next } = await started(hold, isolation);
    await next();
    expect(await program.residentBytes()).toBeGreaterThan(1e8);
  });

  it("cannot change what is read-only to it, where the system sees to it", async () => {
    const folder = temporaryFolder({ "model/x": "kept", "tmp/x": "" });
    const command = `{ echo y > model/x; } 2>&-; echo y > tmp/x; cat model/x tmp/x | tr '\\n' ' ' >&4; echo >&4`;
    const program = await localExecutor({ readOnly: [], isolation }).start({
      ...{ command, folder, mark: `program-${process.pid}-${++programs}`, cwd: ".", image: undefined },
      ...{ env: { PATH }, paths: {}, readOnly: ["model"] },
    });
    onTestFinished(() => program.kill());
    const [line] = await once(createInterface({ input: program.answers }), "line");
    expect(line).toBe(isolation === "pid-namespace" ? "kepty " : "y y ");
  });

  it("ends with the platform's process, also by kill -9", async () => {
    const folder = temporaryFolder({});
    const mark = `program-${process.pid}-killed-${isolation}`;
    const module = JSON.stringify(new URL("../../core/executors/local.ts", import.meta.url).href);
    const script = join(folder, "platform.mjs");
    writeFileSync(
      script,
      `import { writeFileSync } from "node:fs";
       import { localExecutor } from ${module};
       const executor = localExecutor({ readOnly: [], isolation: "${isolation}" });
       const task = { command: "echo up >&4; sleep 600 & while :; do sleep 1; done", folder: ${JSON.stringify(folder)}, cwd: ".",
         paths: {}, mark: "${mark}", env: { PATH: process.env.PATH } };
       const programs = [await executor.start(task), await executor.start(task)];
       for (const { answers } of programs) await new Promise((resolve) => answers.once("data", resolve));
       writeFileSync(${JSON.stringify(join(folder, "up"))}, "");
       setInterval(() => {}, 1e6);`,
    );
    const platform = spawn(process.execPath, ["--import", "tsx", script], { stdio: "inherit" });
    const exited = once(platform, "exit");
    while (!existsSync(join(folder, "up")) && platform.exitCode === null) await sleep(10);
    expect(findDescendants({ mark })).not.toEqual([]);
    platform.kill("SIGKILL");
    await exited;
    await expect.poll(() => findDescendants({ mark })).toEqual([]);
  });
});
