import { execFile } from "node:child_process";
import { access, constants } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { Runtime } from "../../schemas/manifest.ts";
import { logTail } from "./failure.ts";

const BUILTINS = new Set(
  ": . [ alias break case cd command continue do done elif else esac eval exit export fi for if read readonly return set shift source test then time times trap true false type ulimit umask unset until wait while ! { }".split(
    " ",
  ),
);
const WRAPPERS = new Set(["env", "exec", "nice", "nohup"]);
const RUNNERS = new Set(["uv", "poetry", "pipenv", "pdm", "hatch", "conda", "pixi"]);
const known = new Map<string, Promise<string>>();

/**
 * The programs that commands start with, by name: of `A=1 node x && uv run python y` these are node, uv and python.
 * A program with a path in its name (`./x.sh`, `.venv/bin/python`) is code or setup's work, and left out.
 */
export function programsOf(commands: readonly string[]): string[] {
  const names = new Set<string>();
  for (const part of commands.flatMap((command) => command.split(/&&|\|\||[;|&\n(){}]/))) {
    const words = part
      .trim()
      .split(/\s+/)
      .map((word) => word.replaceAll(/["']/g, ""));
    while (words[0] !== undefined && (/^\w+=/.test(words[0]) || WRAPPERS.has(words[0]))) words.shift();
    const [first, second, third] = words;
    for (const name of RUNNERS.has(first ?? "") && second === "run" ? [first, third] : [first]) {
      if (name && /^[A-Za-z0-9][\w.+-]*$/.test(name) && !BUILTINS.has(name)) names.add(name);
    }
  }
  return [...names].sort();
}

/**
 * Platform, architecture, and the first line that each program's `--version` prints, found on `path` (default: this
 * process's PATH) and remembered for this process; "not found" or "unknown" where it says nothing within 10 s.
 */
export async function detectRuntime(commands: readonly string[], path = process.env["PATH"] ?? ""): Promise<Runtime> {
  const programs: Record<string, string> = {};
  await Promise.all(
    programsOf(commands).map(async (name) => {
      const key = `${name}\0${path}`;
      const version = known.get(key) ?? versionOf(name, path);
      known.set(key, version);
      programs[name] = await version;
    }),
  );
  return { platform: process.platform, arch: process.arch, programs };
}

async function versionOf(name: string, path: string): Promise<string> {
  const file = await findOnPath(name, path);
  if (file === undefined) return "not found";
  if (name === "node" && file === process.execPath) return process.version;
  return new Promise((resolve) => {
    const options = { cwd: tmpdir(), timeout: 10_000, maxBuffer: 1 << 20, env: { PATH: path, HOME: tmpdir() } };
    const child = execFile(file, ["--version"], { ...options, killSignal: "SIGKILL" }, (_, stdout, stderr) => {
      const first = logTail((stdout.trim() || stderr.trim()).split("\n")[0] ?? "")[0];
      resolve(first?.slice(0, 200) ?? "unknown");
    });
    child.stdin?.end();
  });
}

async function findOnPath(name: string, path: string): Promise<string | undefined> {
  for (const folder of path.split(delimiter).filter((folder) => folder.startsWith("/"))) {
    const file = join(folder, name);
    if (
      await access(file, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return file;
  }
  return undefined;
}
