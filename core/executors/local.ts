import { join } from "node:path";
import { StringDecoder } from "node:string_decoder";
import { setTimeout as sleep } from "node:timers/promises";
import type { Isolation } from "../../schemas/manifest.ts";
import { SlipwayError } from "../errors.ts";
import { CappedLog } from "../runtime/capped-log.ts";
import { endDescendants, RUN_MARK } from "../runtime/descendants.ts";
import { shown } from "../runtime/failure.ts";
import { findMeans, type Guest, startGuest } from "../runtime/isolation.ts";
import type { Ended, ExecutionTask, Executor } from "./executor.ts";

export interface LocalMachine {
  /** Folders that user code sees and must not change, where the system can see to it: what is registered and what is kept. */
  readOnly: readonly string[];
  /** Default: as well as this machine can. */
  isolation?: Isolation | undefined;
}

const LONGEST_TIMER = 2 ** 31 - 1;
const TAIL = 16_384;

/**
 * Runs tasks as child processes of this machine, each below a supervisor (see startGuest), with standard input closed. See
 * endDescendants for what can be missed without a process namespace. Rejects with UNSUPPORTED on Windows, which has neither
 * `sh` nor process groups.
 */
export function localExecutor(machine: LocalMachine): Executor {
  return {
    async run(task) {
      if (process.platform === "win32") {
        throw new SlipwayError(
          "UNSUPPORTED",
          "User code does not run on Windows: it needs a POSIX shell and process groups",
          { hint: "Run it in WSL, in a container or on a Linux runner." },
        );
      }
      const means = await findMeans(machine.isolation);
      if (task.signal?.aborted) return NOT_STARTED;
      return supervise(task, (guest) => startGuest({ ...guest, readOnly: machine.readOnly }, means));
    },
  };
}

const NOT_STARTED: Ended = { by: "abort", code: null, signal: null, seconds: 0, bytes: 0, leftOut: 0, tail: "" };

async function supervise(
  task: ExecutionTask,
  start: (guest: Omit<Guest, "readOnly">) => ReturnType<typeof startGuest>,
) {
  const { folder, command, mark, limits, signal } = task;
  const { timeoutMs, graceMs = 5_000, logBytes } = limits;
  const log = new CappedLog(task.log, logBytes);
  const decoder = new StringDecoder("utf8");
  let tail = "";
  const started = performance.now();
  const paths = Object.entries(task.paths).map(([name, path]) => [name, join(folder, path)]);
  const env = { ...task.env, ...Object.fromEntries(paths), [RUN_MARK]: mark };
  const child = start({
    ...{ command, cwd: join(folder, task.cwd), env, graceMs, own: { [RUN_MARK]: mark } },
    // The folder may lie in one that is read-only.
    writable: [folder],
  });
  const take = (chunk: Buffer) => {
    log.write(chunk);
    const text = decoder.write(chunk);
    tail = (tail + text).slice(-TAIL);
    task.onOutput?.(text);
  };
  child.stdout?.on("data", take);
  child.stderr?.on("data", take);
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const descendants = { pid: child.pid, mark, graceMs };

  let by: Ended["by"] = "itself";
  let ending: Promise<unknown> = Promise.resolve();
  const stop = (why: "timeout" | "abort") => {
    if (by !== "itself") return;
    by = why;
    ending = endDescendants(descendants);
  };
  const timer = setTimeout(() => stop("timeout"), Math.min(timeoutMs, LONGEST_TIMER));
  const onAbort = () => stop("abort");
  signal?.addEventListener("abort", onAbort, { once: true });

  try {
    const exit = await new Promise<Pick<Ended, "code" | "signal">>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code, killed) => resolve({ code, signal: killed }));
    });
    await ending;
    await endDescendants(descendants);
    // What escaped may hold the pipe open for ever: nobody waits for it.
    await Promise.race([closed, sleep(1_000, undefined, { ref: false })]);
    const seconds = (performance.now() - started) / 1_000;
    return { by, ...exit, seconds, tail, bytes: log.bytes, leftOut: log.close() };
  } catch (error) {
    log.close();
    throw new SlipwayError("COMMAND_FAILED", `${shown(command)} could not be started`, {
      found: (error as Error).message,
      cause: error,
    });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
    for (const stream of child.stdio) stream?.destroy();
  }
}
