// What a user gets: packs Slipway, installs the tarball into an empty folder with npm, and uses it there. Then what a
// runner gets: an Action far from any package fetches DuckDB by itself.
// Needs the npm registry and about 250 MB of disk; .ci/run runs it, and `npm test` has the quick variant.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), "slipway-packed-"));
const elsewhere = mkdtempSync(path.join(tmpdir(), "slipway-runner-"));
const run = (command: string, args: string[], cwd: string) =>
  execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"], timeout: 600_000 });

try {
  run(process.execPath, ["tools/build/build.mjs"], root);
  const tarball = run("npm", ["pack", "--silent", "--pack-destination", folder], root).trim();
  writeFileSync(path.join(folder, "package.json"), '{ "private": true }\n');
  run("npm", ["install", "--no-audit", "--no-fund", "--silent", path.join(folder, tarball)], folder);
  const slipway = path.join(folder, "node_modules", ".bin", "slipway");
  process.stdout.write(`slipway ${run(slipway, ["--version"], folder)}`);
  const identity = ["Ada Lovelace", "ada@example.org"];
  for (const who of ["AUTHOR", "COMMITTER"])
    [process.env[`GIT_${who}_NAME`], process.env[`GIT_${who}_EMAIL`]] = identity;
  process.stdout.write(run(slipway, ["init", "repo"], folder));
  if (!existsSync(path.join(folder, "repo/models/penguins/package-lock.json")))
    throw new Error("the packed template lacks files");
  process.stdout.write(await duckdbOnARunner(elsewhere));
} finally {
  for (const each of [folder, elsewhere]) rmSync(each, { recursive: true, force: true });
}

/** Asks DuckDB for its version from a bundle in a folder without packages: with npm and the pinned digests, for real. */
async function duckdbOnARunner(place: string): Promise<string> {
  for (const name of ["temp", "tools"]) mkdirSync(path.join(place, name), { recursive: true });
  const contents = `
    import { provideDuckDB } from "./actions/job/provide-duckdb.ts";
    import { loadDuckDB } from "./core/data/duckdb.ts";
    provideDuckDB(process.env.RUNNER_TEMP, process.env);
    console.log("DuckDB " + (await loadDuckDB()).version() + " on a runner");`;
  const outfile = path.join(place, "ask.mjs");
  await build({
    ...{ stdin: { contents, resolveDir: root }, outfile, bundle: true, format: "esm", platform: "node" },
    external: ["@duckdb/node-api"],
  });
  const env = { RUNNER_TEMP: path.join(place, "temp"), RUNNER_TOOL_CACHE: path.join(place, "tools") };
  const options = { cwd: place, env: { ...process.env, ...env }, encoding: "utf8", timeout: 600_000 } as const;
  // Once from the registry, once from the cache.
  const said = [1, 2].map(() => execFileSync(process.execPath, [outfile], options)).join("");
  if (readdirSync(env.RUNNER_TOOL_CACHE).length === 0) throw new Error("DuckDB came from somewhere else");
  return said;
}
