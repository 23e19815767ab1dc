import { spawn } from "node:child_process";
import { SlipwayError } from "../errors.ts";

const DEFAULT_MAX_BYTES = 256 * 1024 * 1024;

/** What of the caller's GIT_* variables a Git of ours may see: configuration, identity and the way to a remote. */
const PASSED = /^GIT_(CONFIG|SSH|ASKPASS|SSL|HTTP|PROXY|TRACE|CEILING|(AUTHOR|COMMITTER)_(NAME|EMAIL)$)/;

/**
 * The environment of every Git process: the caller's, without the GIT_* variables that would point it at another
 * repository or index (a hook sets those), and with ids that mean their own content (no replace refs, no grafts).
 */
export function gitEnvironment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && (!entry[0].startsWith("GIT_") || PASSED.test(entry[0])),
  );
  return {
    ...Object.fromEntries(kept),
    LC_ALL: "C",
    GIT_TERMINAL_PROMPT: "0",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_NO_REPLACE_OBJECTS: "1",
    // A file that cannot be: of an empty one Git says each time that grafts are deprecated.
    GIT_GRAFT_FILE: "/dev/null/none",
    GIT_LITERAL_PATHSPECS: "1",
    ...extra,
  };
}

export interface GitOptions {
  input?: string | Buffer | undefined;
  env?: Record<string, string>;
  /** Of standard output; default 256 MiB. */
  maxBytes?: number | undefined;
  /** Called with the process's id once it is there. */
  started?: (pid: number) => void;
}

/** How a Git process ended. */
export interface GitEnd {
  stdout: Buffer;
  /** The end of standard error. */
  words: string;
  /** Null where a signal ended it. */
  code: number | null;
  signal: string | null;
  /** It was ended for printing over `maxBytes`. */
  printedTooMuch: boolean;
}

/** Runs one Git process in `folder`, and resolves however it ends. Rejects with GIT_FAILED where Git cannot be started. */
export function runGit(folder: string, args: readonly string[], options: GitOptions = {}): Promise<GitEnd> {
  const { input, env, maxBytes = DEFAULT_MAX_BYTES, started } = options;
  return new Promise((resolve, reject) => {
    const child = spawn("git", ["-C", folder, ...args], { env: gitEnvironment(env), windowsHide: true });
    if (child.pid !== undefined) started?.(child.pid);
    const chunks: Buffer[] = [];
    let size = 0;
    let words = "";
    child.stdout.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) child.kill();
      else chunks.push(chunk);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      words = (words + text).slice(-10_000);
    });
    child.stdin.on("error", () => {}).end(input);
    child.on("error", (cause: NodeJS.ErrnoException) => reject(notStarted(cause)));
    child.on("close", (code, signal) => {
      resolve({ stdout: Buffer.concat(chunks), words, code, signal, printedTooMuch: size > maxBytes });
    });
  });
}

/**
 * Runs one Git process in `folder` and resolves to its standard output.
 * Rejects with GIT_FAILED, carrying the last lines of standard error, where it fails or prints over `maxBytes`.
 */
export async function git(folder: string, args: readonly string[], options: GitOptions = {}): Promise<Buffer> {
  const { stdout, words, code, signal, printedTooMuch } = await runGit(folder, args, options);
  if (code === 0 && !printedTooMuch) return stdout;
  const command = `git ${args.slice(0, 2).join(" ")}`;
  if (printedTooMuch) {
    const expected = `at most ${options.maxBytes ?? DEFAULT_MAX_BYTES} bytes`;
    throw new SlipwayError("GIT_FAILED", `${command} printed too much`, { expected });
  }
  const said = lastLines(words);
  const how = signal === null ? `exit ${code}` : `ended by ${signal}`;
  throw new SlipwayError("GIT_FAILED", `${command} failed (${how})${said === "" ? "" : `: ${said}`}`);
}

function notStarted(cause: NodeJS.ErrnoException): SlipwayError {
  if (cause.code !== "ENOENT")
    return new SlipwayError("GIT_FAILED", `Git cannot be started: ${cause.message}`, { cause });
  return new SlipwayError("GIT_FAILED", "Git is not installed, or not on the PATH", {
    hint: "install Git 2.36 or later",
    cause,
  });
}

/** The end of what a Git process said on standard error, for a message. */
export function lastLines(text: string): string {
  return text.trimEnd().split("\n").slice(-5).join("\n").slice(-2_000);
}
