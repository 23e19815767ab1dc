import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

export interface Command {
  program: string;
  args: readonly string[];
  folder: string;
  /** The whole environment: nothing of this process's is added. */
  env: Readonly<Record<string, string>>;
  onLine(line: string): void;
  signal: AbortSignal;
  timeoutMs: number | undefined;
}

/** How long a cancelled step may take to end, after SIGINT. */
const GRACE_MS = 2_000;

/** Runs a step's process in a group of its own, which is gone when this resolves. True where it ended with 0. */
export async function runProcess(command: Command): Promise<boolean> {
  const { program, args, folder, env, onLine, signal, timeoutMs } = command;
  const child = spawn(program, args, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  const kill = (how: NodeJS.Signals) => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, how);
    } catch {
      // The group has ended already.
    }
  };
  const late: NodeJS.Timeout[] = [];
  const end = (reason: string) => {
    onLine(`##[error]${reason}`);
    kill("SIGINT");
    late.push(setTimeout(() => kill("SIGKILL"), GRACE_MS));
  };
  const cancelled = () => end("The operation was canceled.");
  if (timeoutMs !== undefined) late.push(setTimeout(() => end("The step has timed out."), timeoutMs));
  signal.addEventListener("abort", cancelled, { once: true });
  if (signal.aborted) cancelled();
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on("line", onLine);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      // What it left running would keep the pipes open.
      child.once("exit", () => kill("SIGKILL"));
      child.once("close", resolve);
    });
    return code === 0 && !signal.aborted;
  } finally {
    signal.removeEventListener("abort", cancelled);
    for (const timer of late) clearTimeout(timer);
  }
}
