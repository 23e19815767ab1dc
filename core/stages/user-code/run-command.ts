import { SlipwayError } from "../../errors.ts";
import type { Ended, ExecutionTask, Executor } from "../../executors/executor.ts";
import { exitHint, exitWords, logTail, shown } from "../../runtime/failure.ts";

export interface CommandRequest extends ExecutionTask {
  /** The spec's key that sets the time limit: said when it is reached. */
  timeoutKey: string;
  /** Reads the last lines of a failed command for a hint that is better than the exit code's. */
  explain?: ((lines: readonly string[]) => string | undefined) | undefined;
}

/**
 * Has user code run, and takes nothing but exit code 0 for a success. Rejects with COMMAND_FAILED (exit code or signal, and
 * the last lines), COMMAND_TIMEOUT, INTERRUPTED on an abort, and as Executor.run does.
 */
export async function runCommand(executor: Executor, request: CommandRequest): Promise<Ended> {
  const { timeoutKey, explain, ...task } = request;
  const ended = await executor.run(task);
  const lines = logTail(ended.tail);
  if (ended.by === "abort") throw interrupted(request.command);
  if (ended.by === "timeout") throw timedOut(request, lines);
  if (ended.code !== 0) throw failed(request, ended, lines);
  return ended;
}

function interrupted(command: string): SlipwayError {
  return new SlipwayError("INTERRUPTED", `${shown(command)} was interrupted, and its processes were ended`);
}

function timedOut({ command, limits, timeoutKey }: CommandRequest, lines: readonly string[]): SlipwayError {
  return new SlipwayError("COMMAND_TIMEOUT", `${shown(command)} did not end in time, and its processes were ended`, {
    expected: `an end within ${limits.timeoutMs / 1_000} s`,
    found: lines.length === 0 ? "no output" : `still running; its last lines:\n${lines.join("\n")}`,
    hint: `Raise \`${timeoutKey}\` in the spec, or make the command quicker.`,
  });
}

function failed({ command, explain }: CommandRequest, exit: Ended, lines: readonly string[]): SlipwayError {
  const hint = explain?.(lines) ?? exitHint(exit);
  return new SlipwayError("COMMAND_FAILED", `${shown(command)} failed with ${exitWords(exit)}`, {
    expected: "exit code 0",
    found: `${exitWords(exit)}${lines.length === 0 ? ", and no output" : `; its last lines:\n${lines.join("\n")}`}`,
    hint,
  });
}
