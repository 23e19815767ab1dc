// Bundles our own code into dist/ and leaves packages to npm. Code splitting keeps `slipway --help` quick:
// a command's code is loaded when it runs.
import { rmSync } from "node:fs";
import { build } from "esbuild";

rmSync(new URL("../dist", import.meta.url), { recursive: true, force: true });
await build({
  entryPoints: { slipway: "cli/slipway.ts", "scripts/demo": "scripts/demo.ts" },
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
