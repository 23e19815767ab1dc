import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { ActCommand } from "./command.ts";

/** A line of `act --json`, as far as it is read here. */
export interface ActLine {
  job?: string;
  jobID?: string;
  matrix?: Record<string, unknown>;
  msg?: string;
  step?: string;
  stepID?: readonly string[];
  stepResult?: string;
  jobResult?: string;
  /** A workflow command of a step, with its properties and text. */
  command?: string;
  kvPairs?: Record<string, string>;
  arg?: string;
  /** Of a step's output, and of its summary. */
  name?: string;
  content?: string;
  raw_output?: boolean;
}

/** How long act and its jobs may take to end after SIGINT: steps with `if: always()` run then. */
const GRACE_MS = 20_000;

/** Runs act until it ends; SIGINT when `cancel` aborts, as GitHub cancels. Resolves to its exit code and what it printed besides. */
export async function runAct(
  { program, args, folder, env }: ActCommand,
  onLine: (line: ActLine) => void,
  cancel: AbortSignal,
): Promise<{ code: number; said: string }> {
  const child = spawn(program, args, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  let said = "";
  const say = (text: string) => {
    said = `${said}${text}\n`.slice(-4_000);
  };
  createInterface({ input: child.stderr }).on("line", say);
  createInterface({ input: child.stdout }).on("line", (text) => {
    const line = parsed(text);
    if (line) onLine(line);
    else say(text);
  });
  const group = (signal: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal);
    } catch {
      // It has ended.
    }
  };
  let late: NodeJS.Timeout | undefined;
  const end = () => {
    child.kill("SIGINT");
    late = setTimeout(() => group("SIGKILL"), GRACE_MS);
  };
  cancel.addEventListener("abort", end, { once: true });
  if (cancel.aborted) end();
  try {
    const code = await new Promise<number>((resolve, reject) => {
      child.once("error", reject).once("close", (found) => resolve(found ?? 1));
      // What a job left running would keep the pipes open.
      child.once("exit", () => group("SIGKILL"));
    });
    return { code, said };
  } finally {
    cancel.removeEventListener("abort", end);
    clearTimeout(late);
  }
}

function parsed(text: string): ActLine | undefined {
  try {
    return JSON.parse(text) as ActLine;
  } catch {
    return undefined;
  }
}
