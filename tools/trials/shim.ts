import { spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { execa } from "execa";

/** Where to strike: at the n-th call that changes files below a folder, or after it; killing all, or letting the call fail. */
interface Strike {
  /** From 1; 0 only counts. Without a compiler, a share of the time that a whole run takes: see `Harness.run`. */
  at: number;
  after?: boolean;
  /** An errno in place of the kill, from that call on. */
  errno?: number;
}

interface Ran {
  code: number | null;
  /** By a signal that nobody but the strike sends. */
  killed: boolean;
  stdout: string;
  stderr: string;
  /** Calls that were counted; without a compiler, milliseconds. */
  calls: number;
}

export interface Harness {
  how: string;
  /** False if the machine has no C compiler: kills come at random times then, and no errno can be injected. */
  exact: boolean;
  /** Runs a program with its children as one process group. */
  run(program: readonly string[], under: string, strike: Strike, env?: Record<string, string>): Promise<Ran>;
}

/** Compiles the shim into `folder` where there is a C compiler. */
export async function openHarness(folder: string): Promise<Harness> {
  const source = fileURLToPath(new URL("shim.c", import.meta.url));
  const library = join(folder, "shim.so");
  const made =
    process.platform === "linux" &&
    (await execa("cc", ["-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], { reject: false })).exitCode === 0;
  if (!made) return { how: "no C compiler: kills at random times", exact: false, run: runForATime };
  let runs = 0;
  return {
    how: "kills at calls of the C library, before or after each",
    exact: true,
    async run(program, under, strike, env = {}) {
      const counter = join(folder, `calls-${process.pid}-${runs++}`);
      await writeFile(counter, Buffer.alloc(8));
      const ran = await start(program, {
        ...env,
        LD_PRELOAD: library,
        UV_USE_IO_URING: "0",
        TRIAL_COUNTER: counter,
        TRIAL_UNDER: under,
        TRIAL_AT: String(strike.at),
        TRIAL_AFTER: strike.after === true ? "1" : "0",
        TRIAL_ERRNO: String(strike.errno ?? 0),
      }).ended;
      return { ...ran, calls: Number((await readFile(counter)).readBigInt64LE()) };
    },
  };
}

async function runForATime(program: readonly string[], _: string, { at }: Strike, env = {}): Promise<Ran> {
  const began = performance.now();
  const { ended, pid } = start(program, env);
  if (at > 0) {
    await Promise.race([sleep(at), ended]);
    try {
      if (pid !== undefined) process.kill(-pid, "SIGKILL");
    } catch {
      // It ended before.
    }
  }
  return { ...(await ended), calls: performance.now() - began };
}

function start([command = "", ...args]: readonly string[], env: Record<string, string>) {
  // A group of its own: the strike must not reach whoever tries.
  const child = spawn(command, args, {
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1", ...env },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr = (stderr + text).slice(-4_000);
  });
  const ended = new Promise<Omit<Ran, "calls">>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, killed: signal === "SIGKILL", stdout, stderr }));
  });
  return { ended, pid: child.pid };
}
