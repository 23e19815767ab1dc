// Bundles our own code into dist/ and leaves packages to npm. Code splitting keeps `slipway --help` quick:
// a command's code is loaded when it runs.
import { chmodSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

rmSync(new URL("../dist", import.meta.url), { recursive: true, force: true });
await build({
  absWorkingDir: fileURLToPath(new URL("..", import.meta.url)),
  entryPoints: { slipway: "cli/slipway.ts" },
  outdir: "dist",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  packages: "external",
  chunkNames: "chunks/[name]-[hash]",
  logLevel: "warning",
});
chmodSync(new URL("../dist/slipway.js", import.meta.url), 0o755);
