import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from "vitest";
import { SlipwayError } from "../../core/errors.ts";
import type { Limits } from "../../core/executors/executor.ts";
import { localExecutor } from "../../core/executors/local.ts";
import { findDescendants } from "../../core/runtime/descendants.ts";
import { type CommandRequest, runCommand } from "../../core/stages/user-code/run-command.ts";

let folder: string;
let runs = 0;
const MINUTE = 60_000;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-test-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(command: string, rest: Partial<CommandRequest> = {}, limits: Partial<Limits> = {}) {
  return runCommand(localExecutor({ readOnly: [] }), {
    ...{ command, folder, cwd: ".", image: undefined, paths: {}, mark: `test-${process.pid}-${runs++}` },
    env: { PATH: process.env["PATH"] ?? "" },
    limits: { timeoutMs: 20_000, ...limits },
    timeoutKey: "train.timeout",
    log: join(folder, "log"),
    ...rest,
  });
}

async function failure(promise: Promise<unknown>): Promise<SlipwayError> {
  const error = await promise.then(
    () => undefined,
    (error) => error,
  );
  expect(error).toBeInstanceOf(SlipwayError);
  return error;
}

it("keeps both output streams in one log, in the order in which they were written", async () => {
  const pieces: string[] = [];
  await run("echo one; echo two >&2; echo three", { onOutput: (text) => pieces.push(text) });
  expect(readFileSync(join(folder, "log"), "utf8")).toBe("one\ntwo\nthree\n");
  expect(pieces.join("")).toBe("one\ntwo\nthree\n");
});

it("gives the command nothing on standard input", async () => {
  await run("cat; echo end");
  expect(readFileSync(join(folder, "log"), "utf8")).toBe("end\n");
});

it("says the exit code and the last lines, without the escape sequences in them", async () => {
  const error = await failure(run(`printf 'first\\n\\033[31mred\\033[0m\\007 end\\n'; exit 3`));
  expect(error.code).toBe("COMMAND_FAILED");
  expect(error.problems[0]?.found).toBe("exit code 3; its last lines:\nfirst\nred end");
});

it("says that a program was not found", async () => {
  const error = await failure(run("no-such-program-here"));
  expect(error.problems[0]?.hint).toMatch(/not on PATH/);
});

it("names memory as the likely reason of a SIGKILL", async () => {
  const error = await failure(run("kill -9 $$"));
  expect(error.problems[0]?.hint).toMatch(/memory/);
});

it("ends a hanging command on time-out and names the key to raise", async () => {
  // Its time is over once it has said something, however long that takes here.
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const onOutput = () => {
    if (vi.isFakeTimers()) vi.advanceTimersByTime(MINUTE);
    vi.useRealTimers();
  };
  const error = await failure(run("echo waiting; sleep 600", { onOutput }, { timeoutMs: MINUTE }));
  expect(error.code).toBe("COMMAND_TIMEOUT");
  expect(error.problems[0]?.hint).toMatch(/train\.timeout/);
  expect(error.problems[0]?.found).toMatch(/waiting/);
});

it("ends a descendant that made a session of its own and ignores SIGTERM", async () => {
  const mark = `test-${process.pid}-escaped`;
  const child = `setsid sh -c 'trap "" TERM; echo ready; sleep 600; sleep 600' & sleep 600`;
  const controller = new AbortController();
  const onOutput = () => controller.abort();
  await failure(run(child, { mark, signal: controller.signal, onOutput }, { graceMs: 200 }));
  expect(findDescendants({ mark })).toEqual([]);
});

it("ends what a command left running in the background when it ended well", async () => {
  const mark = `test-${process.pid}-background`;
  await run("setsid sleep 600 & sleep 600 & echo done", { mark });
  expect(findDescendants({ mark })).toEqual([]);
});

it("ends the command when the caller aborts", async () => {
  const controller = new AbortController();
  const error = await failure(
    run("echo up; sleep 600", { signal: controller.signal, onOutput: () => controller.abort() }),
  );
  expect(error.code).toBe("INTERRUPTED");
});

it("keeps the head and the tail of 100 MB of output, and says how much is left out", async () => {
  const script = `const line = "x".repeat(1e6); process.stdout.write("begin\\n"); let n = 0;
    (function next() { n++ < 100 ? process.stdout.write(line, next) : process.stdout.write("\\nend\\n"); })();`;
  const result = await run(`node -e '${script}'`, {}, { logBytes: 1_000_000 });
  expect(result.bytes).toBe(100_000_000 + 11);
  expect(result.leftOut).toBe(100_000_000 + 11 - 1_000_000);
  const log = readFileSync(join(folder, "log"), "utf8");
  expect(log.startsWith("begin\n")).toBe(true);
  expect(log.endsWith("x\nend\n")).toBe(true);
  expect(log).toContain(`[slipway: ${result.leftOut} bytes of output are left out here]`);
  expect(statSync(join(folder, "log")).size).toBeLessThan(1_000_100);
});

it("hands a command its places as absolute paths in the folder that it was given", async () => {
  await run('echo "$PLACE"', { paths: { PLACE: "in/here" } });
  expect(readFileSync(join(folder, "log"), "utf8")).toBe(`${join(folder, "in/here")}\n`);
});
