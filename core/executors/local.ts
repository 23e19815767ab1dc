import { randomUUID } from "node:crypto";
import { StringDecoder } from "node:string_decoder";
import { setTimeout as sleep } from "node:timers/promises";
import type { Isolation } from "../../schemas/manifest.ts";
import { SlipwayError } from "../errors.ts";
import { CappedLog } from "../runtime/capped-log.ts";
import { endDescendants, RUN_MARK } from "../runtime/descendants.ts";
import { exitHint, exitWords, lastLines, shown } from "../runtime/failure.ts";
import { findMeans, startGuest } from "../runtime/isolation.ts";

export interface CommandRequest {
  /** A line for `sh -c`. */
  command: string;
  cwd: string;
  /** The whole environment: nothing of the caller's is added. */
  env: Readonly<Record<string, string>>;
  timeoutMs: number;
  /** The spec's key that sets the time limit: said when it is reached. */
  timeoutKey: string;
  /** Folders that the command can see and must not change, and folders in these that it may write: where the system can. */
  readOnly?: readonly string[] | undefined;
  writable?: readonly string[] | undefined;
  /** Default: as well as this machine can. */
  isolation?: Isolation | undefined;
  /** Where the output is kept, standard output and error in one. */
  log: string;
  /** Gets the output as it comes, in pieces of any length. */
  onOutput?: ((text: string) => void) | undefined;
  signal?: AbortSignal | undefined;
  /** Bytes of output that the log keeps. Default 64 MiB. */
  capBytes?: number | undefined;
  /** How long a process may take to end after SIGTERM. Default 5 s. */
  graceMs?: number | undefined;
  /** Reads the last lines of a failed command for a hint that is better than the exit code's. */
  explain?: ((lines: readonly string[]) => string | undefined) | undefined;
}

export interface CommandResult {
  seconds: number;
  /** Bytes of output, and how many of them the log does not hold. */
  bytes: number;
  leftOut: number;
}

const LONGEST_TIMER = 2 ** 31 - 1;
const LAST_BYTES = 16_384;

/**
 * Runs user code through the shell, below a supervisor (see startGuest), with standard input closed. When it resolves or
 * rejects, the command and its descendants have ended (see endDescendants for what that can miss without a namespace).
 * Rejects with COMMAND_FAILED (exit code or signal, and the last lines), COMMAND_TIMEOUT, INTERRUPTED on an abort,
 * UNSUPPORTED on Windows, which has neither `sh` nor process groups.
 */
export async function runCommand(request: CommandRequest): Promise<CommandResult> {
  if (process.platform === "win32") {
    throw new SlipwayError(
      "UNSUPPORTED",
      "User code does not run on Windows: it needs a POSIX shell and process groups",
      {
        hint: "Run it in WSL, in a container or on a Linux runner.",
      },
    );
  }
  const means = await findMeans(request.isolation);
  if (request.signal?.aborted) throw interrupted(request.command);
  const mark = request.env[RUN_MARK] ?? randomUUID();
  const graceMs = request.graceMs ?? 5_000;
  const log = new CappedLog(request.log, request.capBytes);
  const decoder = new StringDecoder("utf8");
  let last = "";
  const started = performance.now();

  const { command, cwd, readOnly = [], writable = [] } = request;
  const guest = { command, cwd, readOnly, writable, graceMs, own: { [RUN_MARK]: mark } };
  const child = startGuest({ ...guest, env: { ...request.env, [RUN_MARK]: mark } }, means);
  const take = (chunk: Buffer) => {
    log.write(chunk);
    const text = decoder.write(chunk);
    last = (last + text).slice(-LAST_BYTES);
    request.onOutput?.(text);
  };
  child.stdout?.on("data", take);
  child.stderr?.on("data", take);
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));

  let stopped: "timeout" | "abort" | undefined;
  let ending: Promise<unknown> = Promise.resolve();
  const stop = (why: "timeout" | "abort") => {
    if (stopped) return;
    stopped = why;
    ending = endDescendants({ ...(child.pid === undefined ? {} : { pid: child.pid }), mark, graceMs });
  };
  const timer = setTimeout(() => stop("timeout"), Math.min(request.timeoutMs, LONGEST_TIMER));
  const onAbort = () => stop("abort");
  request.signal?.addEventListener("abort", onAbort, { once: true });

  try {
    const exit = await new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code, signal) => resolve({ code, signal }));
    });
    await ending;
    await endDescendants({ ...(child.pid === undefined ? {} : { pid: child.pid }), mark, graceMs });
    // What escaped may hold the pipe open for ever: nobody waits for it.
    await Promise.race([closed, sleep(1_000, undefined, { ref: false })]);
    const seconds = (performance.now() - started) / 1_000;
    const lines = lastLines(last);
    if (stopped === "abort") throw interrupted(request.command);
    if (stopped === "timeout") throw timedOut(request, lines);
    if (exit.code !== 0) throw failed(request, exit, lines);
    return { seconds, bytes: log.bytes, leftOut: log.close() };
  } catch (error) {
    log.close();
    if (error instanceof SlipwayError) throw error;
    throw new SlipwayError("COMMAND_FAILED", `${shown(request.command)} could not be started`, {
      found: (error as Error).message,
      cause: error,
    });
  } finally {
    clearTimeout(timer);
    request.signal?.removeEventListener("abort", onAbort);
    for (const stream of child.stdio) stream?.destroy();
  }
}

function interrupted(command: string): SlipwayError {
  return new SlipwayError("INTERRUPTED", `${shown(command)} was interrupted, and its processes were ended`);
}

function timedOut(request: CommandRequest, lines: readonly string[]): SlipwayError {
  return new SlipwayError(
    "COMMAND_TIMEOUT",
    `${shown(request.command)} did not end in time, and its processes were ended`,
    {
      expected: `an end within ${request.timeoutMs / 1_000} s`,
      found: lines.length === 0 ? "no output" : `still running; its last lines:\n${lines.join("\n")}`,
      hint: `Raise \`${request.timeoutKey}\` in the spec, or make the command quicker.`,
    },
  );
}

function failed(
  request: CommandRequest,
  exit: { code: number | null; signal: NodeJS.Signals | null },
  lines: readonly string[],
): SlipwayError {
  const hint = request.explain?.(lines) ?? exitHint(exit);
  return new SlipwayError("COMMAND_FAILED", `${shown(request.command)} failed with ${exitWords(exit)}`, {
    expected: "exit code 0",
    found: `${exitWords(exit)}${lines.length === 0 ? ", and no output" : `; its last lines:\n${lines.join("\n")}`}`,
    ...(hint === undefined ? {} : { hint }),
  });
}
