import { readdir, readFile } from "node:fs/promises";

/** The command lines of living processes that match. */
export async function processes(command: RegExp): Promise<string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")));
  return lines.map((line) => line.replaceAll("\0", " ").trim()).filter((line) => command.test(line));
}
