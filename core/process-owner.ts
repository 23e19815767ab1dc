import { execFileSync } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { z } from "zod";

/** Who holds something, with what it takes to prove later that they are gone. */
export const ProcessOwner = z.object({
  host: z.string().max(300),
  boot: z.string().max(100).describe("Linux's boot id; empty elsewhere."),
  namespace: z.string().max(100).describe("Linux's process namespace; empty elsewhere."),
  processes: z
    .array(
      z.object({
        pid: z.int().min(1),
        started: z.string().max(200).describe("As the system says it; empty where unknown."),
      }),
    )
    .max(10)
    .describe("The owner, and a process that works for it."),
});
export type ProcessOwner = z.infer<typeof ProcessOwner>;

/** The processes of this machine, named so that others with the same ids cannot be taken for them. */
export function ownerOf(...pids: readonly number[]): ProcessOwner {
  return { ...machine(), processes: pids.map((pid) => ({ pid, started: processState(pid)?.started ?? "" })) };
}

/** `dead` only where that is proven of all its processes; `unknown` where this machine cannot see them. */
export function ownerFate(owner: ProcessOwner): "alive" | "dead" | "unknown" {
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
  if (process.platform !== "linux") return stateBySystem(pid);
  const stat = readOr("", () => readFileSync(`/proc/${pid}/stat`, "utf8"));
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields[19] === undefined ? undefined : { started: fields[19], ended: fields[0] === "Z" || fields[0] === "X" };
}

/** ps(1), as POSIX systems without /proc have it: the state, then the time of the start. */
function stateBySystem(pid: number): { started: string; ended: boolean } | undefined {
  const said = readOr("", () =>
    execFileSync("ps", ["-o", "stat=,lstart=", "-p", String(pid)], {
      encoding: "utf8",
      timeout: 5_000,
      stdio: ["ignore", "pipe", "ignore"],
      env: { ...process.env, LC_ALL: "C" },
    }).trim(),
  );
  const [, state, started] = /^(\S+)\s+(.+)$/.exec(said) ?? [];
  return started === undefined ? undefined : { started, ended: state?.startsWith("Z") === true };
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
