import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { installedGto } from "../../conformance/real-tools.ts";
import { type Measurement, repeat, timed } from "../measurement.ts";
import { name } from "./fixture.ts";

const run = promisify(execFile);
const SLIPWAY = fileURLToPath(new URL("../../../dist/slipway.js", import.meta.url));
const OUTPUT = { maxBuffer: 1 << 28 };

/** Whole processes, as a person waits for them, beside GTO's, which shows the same from the tags; it is stopped after `patience` ms. */
export async function measureCommands(
  folder: string,
  size: string,
  models: number,
  patience: number,
): Promise<Measurement[]> {
  const gto = await gtoShow(folder, patience);
  const commands: [string, string[]][] = [
    ["slipway show <model>", ["show", name(7)]],
    ["slipway ls", ["ls"]],
    ["slipway ls, all models", ["ls", "--limit", String(models)]],
  ];
  const measured: Measurement[] = [];
  for (const [what, args] of commands) {
    const timing = await repeat(15, () => run(process.execPath, [SLIPWAY, "-C", folder, ...args], OUTPUT));
    const peer = { what: "gto show", atLeast: 100, ...gto, ratio: gto.median / timing.median };
    measured.push({ what, size, unit: "ms", bound: "starting Node; loading zod; Git", peer, ...timing });
  }
  return measured;
}

/** Once, for it takes minutes. */
async function gtoShow(folder: string, patience: number): Promise<{ median: number; over?: true }> {
  const gto = await installedGto();
  let over = false;
  const median = await timed(() =>
    run(gto, ["show", "--repo", folder], { ...OUTPUT, timeout: patience }).catch((error: { killed?: boolean }) => {
      if (!error.killed) throw error;
      over = true;
    }),
  );
  return { median, ...(over ? { over } : {}) };
}
