import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** A folder with a `slipway` that runs this build, to put on PATH. */
export function slipwayOnPath(): string {
  const script = fileURLToPath(new URL("../../dist/slipway.js", import.meta.url));
  const folder = fileURLToPath(new URL("../../dist/bin", import.meta.url));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "slipway"), `#!/bin/sh\nexec "${process.execPath}" "${script}" "$@"\n`, { mode: 0o755 });
  return folder;
}
