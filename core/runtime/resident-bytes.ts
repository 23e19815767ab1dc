import { readdir, readFile } from "node:fs/promises";

/**
 * Resident memory of a process and of all that it started, in bytes, as Linux says it (VmRSS: what processes share counts for
 * each). Undefined elsewhere, and where the process has ended.
 */
export async function residentBytes(pid: number): Promise<number | undefined> {
  const own = await readFile(`/proc/${pid}/status`, "latin1").catch(() => undefined);
  if (own === undefined) return undefined;
  const kilobytes = Number(/^VmRSS:\s+(\d+) kB$/m.exec(own)?.[1] ?? 0);
  const children = await childrenOf(pid);
  const theirs = await Promise.all(children.map(residentBytes));
  return theirs.reduce<number>((sum, bytes) => sum + (bytes ?? 0), kilobytes * 1_024);
}

/** Each thread has its own. */
async function childrenOf(pid: number): Promise<number[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const lists = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, "latin1").catch(() => "")),
  );
  return lists.flatMap((list) => list.split(" ").filter(Boolean).map(Number));
}
