import type { Program } from "../runtime/program.ts";

/** A command of user code, and the folder that was prepared for it. */
export interface CommandTask {
  /** The command may write here, and finds here what it reads. Links that lead out of it lead to prepared environments. */
  folder: string;
  /** Where the command starts, relative to the folder. */
  cwd: string;
  /** A line for a POSIX shell. */
  command: string;
  /** With `paths` the whole environment: nothing of the executor's own is added. */
  env: Readonly<Record<string, string>>;
  /** Variables that name places in the folder, relative to it: they are absolute wherever the executor has put the folder. */
  paths: Readonly<Record<string, string>>;
  /** By this variable's value the executor finds all that the command started. */
  mark: string;
  /** The container image that the spec names. Where a job of a host already runs in it, there is nothing to do. */
  image: string | undefined;
  /** Places in the folder that the command must not change, where the system can see to it. */
  readOnly?: readonly string[] | undefined;
  /** Gets the output as it comes, in pieces of any length. */
  onOutput?: ((text: string) => void) | undefined;
}

/** A command that ends: all that an executor is given. */
export interface ExecutionTask extends CommandTask {
  limits: Limits;
  /** A file on this machine: standard output and error in one, when the command has ended. */
  log: string;
  signal?: AbortSignal | undefined;
}

export interface Limits {
  /** How long the command may take, in milliseconds. */
  timeoutMs: number;
  /** How long what is left may take to end after SIGTERM, in milliseconds. Default 5 s. */
  graceMs?: number | undefined;
  /** How much of its output the log keeps, in bytes. Default 64 MiB. */
  logBytes?: number | undefined;
}

/** How a command ended. What it wrote lies in the task's folder, and nothing that it started is left. */
export interface Ended {
  /** Why it ended: by itself, because its time was over, or because the caller's signal said so. */
  by: "itself" | "timeout" | "abort";
  code: number | null;
  signal: NodeJS.Signals | null;
  seconds: number;
  /** Bytes of output, and how many of them the log does not hold. */
  bytes: number;
  leftOut: number;
  /** The end of the output, at most 16 KiB. */
  tail: string;
}

/**
 * Who runs user code: here, or on a cluster. It never runs code of the platform, so the user's image needs nothing of ours:
 * the folder goes in with the command; the folder, the exit code and the log come out.
 */
export interface Executor {
  /**
   * Resolves once the command and its descendants have ended, however that went. Rejects with COMMAND_FAILED where it
   * cannot be started, and with UNSUPPORTED where this executor can start none.
   */
  run(task: ExecutionTask): Promise<Ended>;
  /** Starts a command that goes on, and answers. Rejects as `run` does. */
  start(task: CommandTask): Promise<Program>;
}
