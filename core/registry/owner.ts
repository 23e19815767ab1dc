import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { z } from "zod";

/** Who holds the writer's lock, with what it takes to prove later that they are gone. */
export const Owner = z.object({
  host: z.string(),
  boot: z.string().describe("Linux's boot id; empty elsewhere."),
  namespace: z.string().describe("Linux's process namespace; empty elsewhere."),
  processes: z
    .array(z.object({ pid: z.int(), started: z.string().describe("In ticks since the boot; empty where unknown.") }))
    .describe("The writer, and the Git process that moves the refs for it."),
  refs: z.record(z.string(), z.string()).describe("Each ref that it may lock, and the id that it puts there."),
  since: z.number().describe("Milliseconds since 1970."),
});
export type Owner = z.infer<typeof Owner>;

export function describeOwner(pids: readonly number[], refs: Readonly<Record<string, string>>): Owner {
  return {
    ...machine(),
    processes: pids.map((pid) => ({ pid, started: processState(pid)?.started ?? "" })),
    refs: { ...refs },
    since: Date.now(),
  };
}

/** `dead` only where that is proven; `unknown` where this machine cannot see the owner's processes. */
export function ownerFate(owner: Owner): "alive" | "dead" | "unknown" {
  const here = machine();
  if (owner.host !== here.host) return "unknown";
  if (owner.boot !== here.boot) return "dead";
  if (owner.namespace !== here.namespace) return "unknown";
  return owner.processes.every(({ pid, started }) => isGone(pid, started)) ? "dead" : "alive";
}

function isGone(pid: number, started: string): boolean {
  const state = processState(pid);
  if (state !== undefined) return state.ended || (started !== "" && state.started !== started);
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

/** From /proc/<pid>/stat (proc(5)): field 3 is the state, field 22 the start time. The name in between may hold anything. */
function processState(pid: number): { started: string; ended: boolean } | undefined {
  const stat = readOr("", () => readFileSync(`/proc/${pid}/stat`, "utf8"));
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields[19] === undefined ? undefined : { started: fields[19], ended: fields[0] === "Z" || fields[0] === "X" };
}

function machine() {
  return {
    host: hostname(),
    boot: readOr("", () => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()),
    namespace: readOr("", () => readlinkSync("/proc/self/ns/pid")),
  };
}

function readOr(fallback: string, read: () => string): string {
  try {
    return read();
  } catch {
    return fallback;
  }
}
