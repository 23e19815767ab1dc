// Installs what package-lock.json names, where it is not in place yet; costs a few milliseconds where it is.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, lstatSync, readFileSync, writeFileSync } from "node:fs";

const marker = new URL("../../node_modules/.slipway-ready", import.meta.url);
const lock = readFileSync(new URL("../../package-lock.json", import.meta.url));
const digest = createHash("sha256").update(lock).update(process.version).digest("hex");
if (!existsSync(marker) || readFileSync(marker, "utf8") !== digest) {
  // npm ci empties the folder behind a link, which others may use.
  if (lstatSync(new URL("../../node_modules", import.meta.url), { throwIfNoEntry: false })?.isSymbolicLink()) {
    process.stderr.write(
      "node_modules is a link, and its folder is not what package-lock.json names: run npm ci where it is, or remove the link.\n",
    );
    process.exit(1);
  }
  process.stderr.write("Installing what package-lock.json names (npm ci) …\n");
  const result = spawnSync("npm", ["ci", "--no-audit", "--no-fund"], {
    cwd: new URL("../..", import.meta.url),
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
  if (result.status !== 0) process.exit(result.status ?? 1);
  writeFileSync(marker, digest);
}
