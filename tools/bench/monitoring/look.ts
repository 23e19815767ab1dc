import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { cliOutput, MonitorCommandResult } from "../../../schemas/cli-output.ts";

const SLIPWAY = fileURLToPath(new URL("../../../dist/slipway.js", import.meta.url));

export interface TimedLook {
  /** Milliseconds, from the start of the process to its end. */
  ms: number;
  /** The process's largest resident memory, as the kernel has it. */
  peakMiB: number;
  result: MonitorCommandResult;
}

/** `slipway monitor` in a process of its own, as people and schedules run it. */
export async function timedLook(folder: string, ...args: readonly string[]): Promise<TimedLook> {
  const start = performance.now();
  const child = spawn(process.execPath, [SLIPWAY, "-C", folder, "monitor", "--json", ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let peakKiB = 0;
  const sampling = setInterval(async () => {
    const status = await readFile(`/proc/${child.pid}/status`, "utf8").catch(() => "");
    peakKiB = Math.max(peakKiB, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
  }, 20);
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  await once(child, "close");
  clearInterval(sampling);
  const ms = performance.now() - start;
  const told = cliOutput(MonitorCommandResult).parse(JSON.parse(stdout));
  if (!told.ok && told.error.code !== "MONITOR_ALARMED") throw new Error(`slipway monitor: ${stderr.slice(-2_000)}`);
  return { ms, peakMiB: Math.round(peakKiB / 1_024), result: told.result as MonitorCommandResult };
}
