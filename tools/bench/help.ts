// `slipway --help`: what every command line pays before it does anything.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Measurement, repeat } from "./measurement.ts";

const run = promisify(execFile);
const SLIPWAY = fileURLToPath(new URL("../../dist/slipway.js", import.meta.url));

/** From the start of the process to its end, as a person waits for it. */
export async function bench(): Promise<Measurement[]> {
  const node = await repeat(31, () => run(process.execPath, ["-e", "0"]));
  const help = await repeat(31, () => run(process.execPath, [SLIPWAY, "--help"]));
  const peer = { what: "node -e 0", median: node.median, ratio: node.median / help.median };
  const bound = "starting Node, then commander";
  return [{ what: "slipway --help", size: "a process", unit: "ms", target: 150, bound, peer, ...help }];
}
