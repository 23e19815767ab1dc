import { join } from "node:path";
import { StringDecoder } from "node:string_decoder";
import { setTimeout as sleep } from "node:timers/promises";
import type { Isolation } from "../../schemas/manifest.ts";
import { LONGEST_TIMER } from "../duration.ts";
import { SlipwayError } from "../errors.ts";
import { CappedLog } from "../runtime/capped-log.ts";
import { endDescendants, RUN_MARK } from "../runtime/descendants.ts";
import { shown } from "../runtime/failure.ts";
import { findMeans, type Guest, startGuest } from "../runtime/isolation.ts";
import type { CommandTask, Ended, ExecutionTask, Executor } from "./executor.ts";
import { localProgram } from "./local-program.ts";

export interface LocalMachine {
  /** Folders that user code sees and must not change, where the system can see to it: what is registered and what is kept. */
  readOnly: readonly string[];
  /** Default: as well as this machine can. */
  isolation?: Isolation | undefined;
}

const TAIL = 16_384;
const GRACE = 5_000;

/**
 * Runs tasks as child processes of this machine, each below a supervisor (see startGuest), with standard input closed. See
 * endDescendants for what can be missed without a process namespace. Rejects with UNSUPPORTED on Windows, which has neither
 * `sh` nor process groups.
 */
export function localExecutor(machine: LocalMachine): Executor {
  const means = () => {
    if (process.platform !== "win32") return findMeans(machine.isolation);
    throw new SlipwayError(
      "UNSUPPORTED",
      "User code does not run on Windows: it needs a POSIX shell and process groups",
      { hint: "Run it in WSL, in a container or on a Linux runner." },
    );
  };
  return {
    async run(task) {
      const found = await means();
      if (task.signal?.aborted) return NOT_STARTED;
      const guest = guestOf(task, task.mark, machine, task.limits.graceMs ?? GRACE);
      return supervise(task, () => startGuest(guest, found));
    },
    async start(task) {
      const found = await means();
      const mark = `${task.mark}.${++started}`;
      const child = startGuest({ ...guestOf(task, mark, machine, GRACE), answers: true }, found);
      return localProgram(child, { isolation: found.isolation, mark, onOutput: task.onOutput }).catch((error) => {
        throw notStarted(task.command, error);
      });
    },
  };
}

/** Programs of this process, so that each has a mark of its own. */
let started = 0;

function guestOf(task: CommandTask, mark: string, machine: LocalMachine, graceMs: number): Guest {
  const { folder, command, cwd, readOnly = [] } = task;
  const paths = Object.entries(task.paths).map(([name, path]) => [name, join(folder, path)]);
  return {
    ...{ command, cwd: join(folder, cwd), graceMs, own: { [RUN_MARK]: mark } },
    env: { ...task.env, ...Object.fromEntries(paths), [RUN_MARK]: mark },
    // The folder may lie in one that is read-only.
    writable: [folder],
    readOnly: [...machine.readOnly, ...readOnly.map((path) => join(folder, path))],
  };
}

function notStarted(command: string, error: unknown): SlipwayError {
  return new SlipwayError("COMMAND_FAILED", `${shown(command)} could not be started`, {
    found: (error as Error).message,
    cause: error,
  });
}

const NOT_STARTED: Ended = { by: "abort", code: null, signal: null, seconds: 0, bytes: 0, leftOut: 0, tail: "" };

async function supervise(task: ExecutionTask, start: () => ReturnType<typeof startGuest>) {
  const { mark, limits, signal } = task;
  const { timeoutMs, graceMs = GRACE, logBytes } = limits;
  const log = new CappedLog(task.log, logBytes);
  const decoder = new StringDecoder("utf8");
  let tail = "";
  const started = performance.now();
  const child = start();
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
    throw notStarted(task.command, error);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
    for (const stream of child.stdio) stream?.destroy();
  }
}
