import { readdir, readFile } from "node:fs/promises";
import type { Place } from "./models-repository.ts";

/** The command lines of living processes that match, of what `slipway` started in this place alone: others run models, too. */
export async function processes(place: Place, command: RegExp): Promise<string[]> {
  return (await found(place, command)).map(([, line]) => line);
}

/** Their numbers. */
export async function processIds(place: Place, command: RegExp): Promise<number[]> {
  return (await found(place, command)).map(([pid]) => pid);
}

async function found({ root }: Place, command: RegExp): Promise<[pid: number, line: string][]> {
  const of = (pid: string, what: string) => readFile(`/proc/${pid}/${what}`, "utf8").catch(() => "");
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const own = await Promise.all(
    pids.map(async (pid): Promise<[number, string]> => {
      const line = (await of(pid, "environ")).includes(root) ? await of(pid, "cmdline") : "";
      return [Number(pid), line.replaceAll("\0", " ").trim()];
    }),
  );
  return own.filter(([, line]) => command.test(line));
}
