import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * The variable that marks every process of a run: a child inherits it, wherever it moves to. `<mark>.<n>` is a part of the
 * run `<mark>`.
 */
export const RUN_MARK = "SLIPWAY_RUN_ID";

interface ProcessEntry {
  pid: number;
  parent: number;
  group: number;
  session: number;
}

/**
 * Ends what a command started and what is still alive: its process group, its children's children and,
 * on Linux, every process of this user that carries the mark in its environment, even one that made a session
 * of its own. SIGTERM first (but for `pid`, which ends with the others), SIGKILL after `graceMs`. A process in no
 * namespace of its own that left the group, was orphaned and cleared its environment is not found; elsewhere than on Linux
 * neither is one that left the group and was orphaned.
 * Returns how many could not be ended (a process stuck in the kernel).
 */
export async function endDescendants(target: {
  pid?: number | undefined;
  mark: string;
  graceMs: number;
}): Promise<number> {
  let found = findDescendants(target);
  // The supervisor ends by itself once its command has, and takes the rest along.
  const told = new Set(target.pid === undefined ? [] : [target.pid]);
  const deadline = Date.now() + target.graceMs;
  while (found.length > 0 && Date.now() < deadline) {
    const untold = found.filter((pid) => !told.has(pid));
    signalAll(untold, "SIGTERM");
    for (const pid of untold) told.add(pid);
    await sleep(25);
    found = findDescendants(target);
  }
  // A process may fork between the look and the signal, so look again until nothing is left.
  for (let round = 0; round < 40 && found.length > 0; round++) {
    signalAll(found, "SIGKILL");
    await sleep(25);
    found = findDescendants(target);
  }
  return found.length;
}

/** The living processes that belong to the command; zombies and this process are left out. */
export function findDescendants(target: { pid?: number | undefined; mark: string }): number[] {
  const linux = process.platform === "linux";
  const entries = linux ? processesOfLinux() : processesOfPs();
  const found = new Set<number>();
  for (const entry of entries) {
    const near = target.pid !== undefined && [entry.pid, entry.group, entry.session].includes(target.pid);
    if (near || (linux && hasMark(entry.pid, target.mark))) found.add(entry.pid);
  }
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const entry of entries) if (found.has(entry.parent)) found.add(entry.pid);
  }
  found.delete(process.pid);
  return [...found];
}

function signalAll(pids: readonly number[], signal: "SIGTERM" | "SIGKILL"): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // It ended by itself in the meantime.
    }
  }
}

function hasMark(pid: number, mark: string): boolean {
  try {
    const own = `${RUN_MARK}=${mark}`;
    const variables = readFileSync(`/proc/${pid}/environ`, "latin1").split("\0");
    return variables.some((variable) => variable === own || variable.startsWith(`${own}.`));
  } catch {
    return false;
  }
}

function processesOfLinux(): ProcessEntry[] {
  const entries: ProcessEntry[] = [];
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "latin1");
      const [state, parent, group, session] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      if (state === "Z" || state === "X") continue;
      entries.push({ pid: Number(name), parent: Number(parent), group: Number(group), session: Number(session) });
    } catch {
      // It ended between the listing and the read.
    }
  }
  return entries;
}

/** The same from POSIX `ps`, which does not show other processes' environments. */
function processesOfPs(): ProcessEntry[] {
  const text = execFileSync("ps", ["-A", "-o", "pid=,ppid=,pgid=,stat="], {
    encoding: "utf8",
    timeout: 10_000,
    maxBuffer: 64 << 20,
  });
  return text.split("\n").flatMap((line) => {
    const [pid, parent, group, state] = line.trim().split(/\s+/);
    if (!state || state.startsWith("Z")) return [];
    return [{ pid: Number(pid), parent: Number(parent), group: Number(group), session: Number(group) }];
  });
}
