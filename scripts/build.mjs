// Bundles Slipway and what it imports into dist/: a command that loads 300 small files from node_modules spends longer
// on finding them than on its work. DuckDB is native code and stays a package. Code splitting keeps `slipway --help`
// quick: a command's code is loaded when it runs.
import { spawnSync } from "node:child_process";
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
rmSync(new URL("../dist", import.meta.url), { recursive: true, force: true });
const common = {
  absWorkingDir: root,
  outdir: "dist",
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20",
  external: ["@duckdb/node-api"],
  // For packages in CommonJS, which ask for Node's own modules; some bring a createRequire of their own.
  banner: { js: 'import { createRequire as $require } from "node:module"; const require = $require(import.meta.url);' },
  metafile: true,
  logLevel: "warning",
};
const cli = await build({
  ...common,
  entryPoints: { slipway: "cli/slipway.ts" },
  splitting: true,
  chunkNames: "chunks/[name]-[hash]",
});
const app = await build({
  ...common,
  entryPoints: { app: "app/main.ts" },
  alias: { "npx-import-light": "./app/no-downloads.ts" },
});
chmodSync(new URL("../dist/slipway.js", import.meta.url), 0o755);
writeFileSync(
  new URL("../dist/LICENSES.txt", import.meta.url),
  licenses([cli, app].flatMap(({ metafile }) => Object.keys(metafile.inputs))),
);
writeRelease();

/** Which commit this is: what `slipway init --github` pins a user's workflows to. A build outside of Git has none. */
function writeRelease() {
  const git = (...args) => spawnSync("git", ["-C", root, ...args], { encoding: "utf8" }).stdout?.trim() ?? "";
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  const commit = git("rev-parse", "--verify", "--quiet", "HEAD");
  if (commit === "") return;
  const released = git("tag", "--points-at", "HEAD").split("\n").includes(`v${version}`);
  const text = JSON.stringify({ version, commit, released }, undefined, 2);
  writeFileSync(new URL("../dist/release.json", import.meta.url), `${text}\n`);
}

/** The licences of the packages whose code is in the bundle: each asks to be kept with it. */
function licenses(inputs) {
  const folders = inputs.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+\//.exec(path) ?? []);
  const texts = [...new Set(folders)].sort().map((folder) => {
    const at = new URL(`../${folder}`, import.meta.url);
    const { name, version, license } = JSON.parse(readFileSync(new URL("package.json", at), "utf8"));
    const found = readdirSync(at, { withFileTypes: true }).filter((entry) => /^(licen[cs]e|notice)/i.test(entry.name));
    const files = found.flatMap((entry) =>
      entry.isFile() ? [entry.name] : readdirSync(new URL(entry.name, at)).map((file) => `${entry.name}/${file}`),
    );
    if (files.length === 0) throw new Error(`${name} comes without its licence`);
    const title = `${name} ${version} (${license})`;
    return [title, ...files.map((file) => readFileSync(new URL(file, at), "utf8"))].join("\n\n");
  });
  return `${texts.join(`\n\n${"-".repeat(80)}\n\n`)}\n`;
}
