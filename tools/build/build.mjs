// Bundles Slipway and what it imports into dist/: a command that loads 300 small files from node_modules spends longer
// on finding them than on its work. DuckDB is native code and stays a package. Code splitting keeps `slipway --help`
// quick: a command's code is loaded when it runs.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { billOfMaterials } from "./bill-of-materials.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
rmSync(new URL("../../dist", import.meta.url), { recursive: true, force: true });
const common = {
  absWorkingDir: root,
  // Paths are in what is built: the same wherever packages lie, so that the same sources make the same bytes.
  preserveSymlinks: true,
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
/** Of package-lock.json an Action needs what pins DuckDB, and what that asks for. */
const pinnedDuckDB = {
  name: "pinned-duckdb",
  setup(build) {
    build.onLoad({ filter: /package-lock\.json$/ }, ({ path }) => {
      const { packages } = JSON.parse(readFileSync(path, "utf8"));
      const pinned = Object.entries(packages).flatMap(([name, { version, integrity }]) =>
        /^node_modules\/(@duckdb\/[^/]+|detect-libc)$/.test(name) ? [[name, { version, integrity }]] : [],
      );
      return { contents: JSON.stringify({ packages: Object.fromEntries(pinned) }), loader: "json" };
    });
  },
};
/** What packages import and none of ours uses, by what stands for it. */
const leftOut = {
  name: "left-out",
  setup(build) {
    const standIns = {
      "npx-import-light": "no-downloads.ts",
      "unzip-stream": "no-unzip.ts",
      "./oidc-utils.js": "no-oidc.ts",
      "../locales/index.js": "no-locales.ts",
    };
    build.onResolve(
      { filter: /^(npx-import-light|unzip-stream|\.\/oidc-utils\.js|\.\.\/locales\/index\.js)$/ },
      ({ path }) => ({
        path: fileURLToPath(new URL(standIns[path], import.meta.url)),
      }),
    );
    const whenUsed = fileURLToPath(new URL("undici-when-used.ts", import.meta.url));
    build.onResolve({ filter: /^undici$/ }, ({ importer }) => (importer === whenUsed ? null : { path: whenUsed }));
    build.onResolve({ filter: /^@actions\/github$/ }, ({ importer }) =>
      importer.endsWith("run-action.ts") ? { path: fileURLToPath(new URL("context-alone.ts", import.meta.url)) } : null,
    );
  },
};
/**
 * Node's `http` is required and not imported: an import reads every export, and one of them (`WebSocket`) loads a whole HTTP
 * client that nothing here uses, for 30 ms.
 */
const requiredHttp = {
  name: "required-http",
  setup(build) {
    build.onResolve({ filter: /^(node:)?http$/ }, ({ path, namespace, kind }) =>
      namespace === "required" || kind === "require-call" ? { path, external: true } : { path, namespace: "required" },
    );
    build.onLoad({ filter: /./, namespace: "required" }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)});`,
    }));
  },
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
  alias: { "npx-import-light": "./tools/build/no-downloads.ts" },
});
const actions = await buildActions();
chmodSync(new URL("../../dist/slipway.js", import.meta.url), 0o755);
writeFileSync(
  new URL("../../dist/LICENSES.txt", import.meta.url),
  licenses([cli, app].flatMap(({ metafile }) => Object.keys(metafile.inputs))),
);
writeSources([cli, app, actions].flatMap(({ metafile }) => Object.keys(metafile.inputs)));
writeRelease();

/**
 * The Actions' bundles as a release lays them beside their sources: actions/<name>/dist/main.js for each, and one folder of
 * chunks, since they share nearly all of their code. GitHub brings the whole repository for each Action. What is heavy
 * (GitHub's clients, charts, stores) is loaded by who needs it.
 */
async function buildActions() {
  const at = (path) => new URL(`../../${path}`, import.meta.url);
  const names = readdirSync(at("actions")).filter((name) => existsSync(at(`actions/${name}/main.ts`)));
  const built = await build({
    ...common,
    outdir: "dist/actions",
    entryPoints: Object.fromEntries(names.sort().map((name) => [`${name}/dist/main`, `actions/${name}/main.ts`])),
    splitting: true,
    minifySyntax: true,
    minifyWhitespace: true,
    chunkNames: "chunks/[name]-[hash]",
    plugins: [pinnedDuckDB, leftOut, requiredHttp],
  });
  writeFileSync(at("dist/actions/chunks/LICENSES.txt"), licenses(Object.keys(built.metafile.inputs)));
  // A release's folders lie in a repository of modules; a copy of them elsewhere has to say so itself.
  writeFileSync(at("dist/actions/package.json"), '{ "type": "module" }\n');
  return built;
}

/** Which commit this is: what `slipway init --github` pins a user's workflows to. A build outside of Git has none. */
function writeRelease() {
  const git = (...args) => spawnSync("git", ["-C", root, ...args], { encoding: "utf8" }).stdout?.trim() ?? "";
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  const commit = git("rev-parse", "--verify", "--quiet", "HEAD");
  if (commit === "") return;
  const released = git("tag", "--points-at", "HEAD").split("\n").includes(`v${version}`);
  const text = JSON.stringify({ version, commit, released }, undefined, 2);
  writeFileSync(new URL("../../dist/release.json", import.meta.url), `${text}\n`);
}

/** The bill of materials of all that is built. */
function writeSources(inputs) {
  const read = (path) => JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), "utf8"));
  const packages = foldersOf(inputs).map((folder) => read(`${folder}package.json`));
  const bill = billOfMaterials(read("package.json"), packages, read("package-lock.json").packages);
  writeFileSync(new URL("../../dist/sbom.cdx.json", import.meta.url), `${JSON.stringify(bill, undefined, 2)}\n`);
}

function foldersOf(inputs) {
  return [...new Set(inputs.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+\//.exec(path) ?? []))].sort();
}

/** The licences of the packages whose code is in the bundle: each asks to be kept with it. */
function licenses(inputs) {
  const texts = foldersOf(inputs).map((folder) => {
    const at = new URL(`../../${folder}`, import.meta.url);
    const { name, version, license, author, repository } = JSON.parse(
      readFileSync(new URL("package.json", at), "utf8"),
    );
    const found = readdirSync(at, { withFileTypes: true })
      .filter((entry) => /^(licen[cs]e|notice)/i.test(entry.name))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    const files = found.flatMap((entry) =>
      entry.isFile()
        ? [entry.name]
        : readdirSync(new URL(entry.name, at))
            .sort()
            .map((file) => `${entry.name}/${file}`),
    );
    const title = `${name} ${version} (${license})`;
    if (files.length === 0) {
      // Some packages name their licence, and bring no text of it.
      if (!license) throw new Error(`${name} comes without its licence`);
      return `${title}\n\nBy ${author?.name ?? author ?? "its authors"}, ${repository?.url ?? repository ?? "no repository named"}`;
    }
    return [title, ...files.map((file) => readFileSync(new URL(file, at), "utf8"))].join("\n\n");
  });
  return `${texts.join(`\n\n${"-".repeat(80)}\n\n`)}\n`;
}
