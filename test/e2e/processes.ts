import { readdir, readFile } from "node:fs/promises";
import type { Place } from "./models-repository.ts";

/** The command lines of living processes that match, of what `slipway` started in this place alone: others run models, too. */
export async function processes({ root }: Place, command: RegExp): Promise<string[]> {
  const of = (pid: string, what: string) => readFile(`/proc/${pid}/${what}`, "utf8").catch(() => "");
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const own = await Promise.all(
    pids.map(async (pid) => ((await of(pid, "environ")).includes(root) ? of(pid, "cmdline") : "")),
  );
  return own.map((line) => line.replaceAll("\0", " ").trim()).filter((line) => command.test(line));
}
