// Brings Chromium by apt-get if none is in place yet; costs a moment if one is.
import { spawnSync } from "node:child_process";
import { findChromium } from "./chromium.ts";

if (findChromium() === undefined) {
  process.stderr.write("Fetching chromium (apt-get install) …\n");
  const asRoot = process.getuid?.() === 0 ? [] : ["sudo", "-n"];
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  for (const args of [
    ["update", "-qq"],
    ["install", "-y", "-qq", "--no-install-recommends", "chromium"],
  ]) {
    const [program = "", ...rest] = [...asRoot, "apt-get", ...args];
    const { status, error } = spawnSync(program, rest, { stdio: ["ignore", 2, 2], env });
    if (status === 0) continue;
    process.stderr.write(
      `apt-get failed: ${error?.message ?? `exit code ${status}`}.\nPages are looked at in Chromium: install it, or name one in CHROMIUM.\n`,
    );
    process.exit(1);
  }
}
