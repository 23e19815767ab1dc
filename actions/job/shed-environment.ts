import { randomUUID } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isOwn } from "./scrub-environment.ts";

const NOTE = "SLIPWAY_SHED";

type Execute = (file: string, args: readonly string[], env: Record<string, string>) => void;

/**
 * Starts this program again in the same process with an environment that holds no token, input or secret: what a process
 * was started with stays readable in /proc/<pid>/environ for as long as it lives, whatever it deletes later. They come
 * back into this process's memory alone, by a file that is gone before user code starts. Nothing happens if Node cannot
 * do that (before 22.15, on Windows): docs/actions.md says what user code can then read.
 */
export function shedEnvironment(
  env: Record<string, string | undefined> = process.env,
  execute: Execute | null = (process as { execve?: Execute }).execve ?? null,
): void {
  const note = env[NOTE];
  if (note !== undefined) {
    delete env[NOTE];
    const own = JSON.parse(readFileSync(note, "utf8")) as Record<string, string>;
    rmSync(note);
    Object.assign(env, own);
    return;
  }
  if (execute === null || process.platform === "win32") return;
  const all = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const own = all.filter(([name]) => isOwn(name));
  if (own.length === 0) return;
  const file = join(env["RUNNER_TEMP"] || tmpdir(), `slipway-${randomUUID()}.json`);
  writeFileSync(file, JSON.stringify(Object.fromEntries(own)), { mode: 0o600, flag: "wx" });
  const clean = Object.fromEntries(all.filter(([name]) => !isOwn(name)));
  execute(process.execPath, [process.execPath, ...process.execArgv, ...process.argv.slice(1)], {
    ...clean,
    [NOTE]: file,
  });
}
