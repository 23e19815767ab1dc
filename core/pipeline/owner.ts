import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { z } from "zod";

/** A process, named so that another one with the same id cannot be taken for it. */
export const Owner = z.object({
  pid: z.int().min(1),
  started: z.string().max(200).describe("The process's start time, as the system says it."),
  host: z.string().max(300).describe("The host's name and, on Linux, the boot it is in."),
});
export type Owner = z.infer<typeof Owner>;

let own: Owner | undefined;

/** The process that this code runs in. */
export function thisOwner(): Owner {
  own ??= { pid: process.pid, started: startOf(process.pid) ?? "unknown", host: thisHost() };
  return own;
}

/** Whether the process still lives. One of another host counts as living: nothing here can tell. */
export function ownerLives(owner: Owner): boolean {
  if (owner.host.split("/")[0] !== hostname()) return true;
  if (owner.host !== thisHost()) return false;
  return startOf(owner.pid) === owner.started;
}

function thisHost(): string {
  if (process.platform !== "linux") return hostname();
  return `${hostname()}/${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()}`;
}

function startOf(pid: number): string | undefined {
  try {
    if (process.platform !== "linux")
      return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8", timeout: 5_000 }).trim();
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
