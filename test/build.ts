import { execFileSync } from "node:child_process";

/** Kept in the process, since each project loads this file for itself. */
const BUILT = Symbol.for("slipway.built");

/** Tests that start `slipway` as a process start what users start: the bundle. Built once for all projects of a run. */
export default function setup(): void {
  if (BUILT in globalThis) return;
  Object.assign(globalThis, { [BUILT]: true });
  execFileSync(process.execPath, ["tools/build/build.mjs"], { stdio: "inherit" });
}
