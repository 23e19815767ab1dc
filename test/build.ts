import { execFileSync } from "node:child_process";

/** Tests that start `slipway` as a process start what users start: the bundle. */
export default function setup(): void {
  execFileSync(process.execPath, ["tools/build/build.mjs"], { stdio: "inherit" });
}
