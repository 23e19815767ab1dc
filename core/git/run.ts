import { execa } from "execa";
import { SlipwayError } from "../errors.ts";

/** What of the caller's GIT_* variables a Git of ours may see: configuration, identity and the way to a remote. */
const PASSED = /^GIT_(CONFIG|SSH|ASKPASS|SSL|HTTP|PROXY|TRACE|CEILING|(AUTHOR|COMMITTER)_(NAME|EMAIL)$)/;

/**
 * The environment of every Git process: the caller's, without the GIT_* variables that would point it at another
 * repository or index (a hook sets those), and with ids that mean their own content (no replace refs).
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
    GIT_LITERAL_PATHSPECS: "1",
    ...extra,
  };
}

/**
 * Runs one Git process in `folder` and resolves to its standard output.
 * Rejects with GIT_FAILED, carrying the last lines of standard error, where it fails or prints over `maxBytes` (default 256 MiB).
 */
export async function git(
  folder: string,
  args: readonly string[],
  options: { input?: string | Buffer; env?: Record<string, string>; maxBytes?: number } = {},
): Promise<Buffer> {
  const maxBuffer = options.maxBytes ?? 256 * 1024 * 1024;
  const result = await execa("git", ["-C", folder, ...args], {
    env: gitEnvironment(options.env),
    extendEnv: false,
    encoding: "buffer",
    stripFinalNewline: false,
    reject: false,
    maxBuffer,
    ...(options.input === undefined ? { stdin: "ignore" as const } : { input: options.input }),
  });
  if (result.failed) throw failure(args, result, maxBuffer);
  return Buffer.from(result.stdout.buffer, result.stdout.byteOffset, result.stdout.byteLength);
}

interface Failed {
  code?: string | undefined;
  exitCode?: number | undefined;
  signal?: string | undefined;
  isMaxBuffer: boolean;
  stderr: Uint8Array;
  cause?: unknown;
}

function failure(args: readonly string[], result: Failed, maxBytes: number): SlipwayError {
  const command = `git ${args.slice(0, 2).join(" ")}`;
  if (result.code === "ENOENT") {
    return new SlipwayError("GIT_FAILED", "Git is not installed, or not on the PATH", {
      hint: "install Git 2.36 or later",
    });
  }
  if (result.isMaxBuffer) {
    return new SlipwayError("GIT_FAILED", `${command} printed too much`, { expected: `at most ${maxBytes} bytes` });
  }
  const said = lastLines(Buffer.from(result.stderr).toString("utf8"));
  const how = result.signal === undefined ? `exit ${result.exitCode}` : `ended by ${result.signal}`;
  return new SlipwayError("GIT_FAILED", `${command} failed (${how})${said === "" ? "" : `: ${said}`}`, {
    cause: result.cause,
  });
}

/** The end of what a Git process said on standard error, for a message. */
export function lastLines(text: string): string {
  return text.trimEnd().split("\n").slice(-5).join("\n").slice(-2_000);
}
