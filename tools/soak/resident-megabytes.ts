import { readdir, readFile } from "node:fs/promises";

/** Resident memory in MiB, of a process and of all that it started; undefined if it has ended. */
export async function residentMegabytes(pid: number): Promise<{ serve: number; all: number } | undefined> {
  const parents = new Map<number, number>();
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, "utf8").catch(() => "");
    const parent = /\) \S (\d+)/.exec(stat)?.[1];
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  const isOwn = (each: number | undefined): boolean =>
    each === pid || (each !== undefined && each > 1 && isOwn(parents.get(each)));
  const own = [...parents.keys()].filter((each) => isOwn(each));
  const sizes = new Map(await Promise.all(own.map(async (each) => [each, await resident(each)] as const)));
  const serve = sizes.get(pid);
  if (serve === undefined || serve === 0) return undefined;
  return { serve: Math.round(serve), all: Math.round([...sizes.values()].reduce((sum, each) => sum + each, 0)) };
}

async function resident(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1_024;
}
