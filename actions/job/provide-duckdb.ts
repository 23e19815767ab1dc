import { spawn } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { bringDuckDB, type DuckDB } from "../../core/data/duckdb.ts";
import { SlipwayError } from "../../core/errors.ts";
import { duckdbPackages, isMusl, type PinnedPackage } from "./duckdb-packages.ts";

/**
 * Makes DuckDB available to this process, once a database is opened. It is native code and in no bundle: where it is not
 * installed beside the Action, its pinned packages are fetched with npm into the runner's tool cache, once for a machine,
 * and unpacked into `folder` for this job alone. Each package is held against its sha512 every time it is used: on a
 * runner that stays, user code of another job may have been in the cache. Rejects (then) with SYSTEM_FAILED.
 */
export function provideDuckDB(folder: string, env: Readonly<Record<string, string | undefined>>): void {
  bringDuckDB(async () => {
    const installed = installedDuckDB();
    if (installed !== undefined) return (await import(pathToFileURL(installed).href)) as DuckDB;
    const machine = { platform: process.platform, arch: process.arch, musl: isMusl() };
    const packages = duckdbPackages(machine);
    const kind = `${machine.platform}-${machine.arch}${machine.musl ? "-musl" : ""}`;
    if (packages.length < 4) throw failed(`there is no build for ${kind}`);
    const version = packages[0]?.version ?? "";
    const cache = join(env["RUNNER_TOOL_CACHE"] ?? folder, "slipway-duckdb", version, kind);
    const home = await mkdtemp(join(folder, "duckdb-"));
    for (const each of packages) await unpack(await tarball(each, cache, env), join(home, "node_modules", each.name));
    const entry = createRequire(join(home, "package.json")).resolve("@duckdb/node-api");
    const loaded = (await import(pathToFileURL(entry).href)) as DuckDB & { default?: DuckDB };
    return loaded.default ?? loaded;
  });
}

function installedDuckDB(): string | undefined {
  try {
    return createRequire(import.meta.url).resolve("@duckdb/node-api");
  } catch {
    return undefined;
  }
}

/** The package's bytes, out of the cache where they are whole there, otherwise fetched. */
async function tarball(wanted: PinnedPackage, cache: string, env: Readonly<Record<string, string | undefined>>) {
  const kept = join(cache, `${wanted.name.replaceAll(/[@/]/g, "_")}-${wanted.version}.tgz`);
  const there = await readFile(kept).catch(() => undefined);
  if (there && isWhole(there, wanted)) return there;
  await mkdir(cache, { recursive: true });
  const folder = join(cache, `fetching-${randomUUID()}`);
  await mkdir(folder);
  try {
    const file = await npmPack(wanted, folder, env);
    const bytes = await readFile(file);
    if (!isWhole(bytes, wanted)) {
      throw failed(`${wanted.name} ${wanted.version} came with other bytes than package-lock.json pins`);
    }
    // Whole or not at all, whoever else fetches it meanwhile.
    await rename(file, kept);
    return bytes;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function isWhole(bytes: Buffer, { integrity }: PinnedPackage): boolean {
  return integrity === `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
}

async function npmPack(
  { name, version }: PinnedPackage,
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
) {
  const args = ["pack", `${name}@${version}`, "--ignore-scripts", "--silent", "--cache", join(folder, "cache")];
  const secret = /^(ACTIONS_|INPUT_|GITHUB_TOKEN$)/;
  const clean = Object.fromEntries(Object.entries(env).filter(([key]) => !secret.test(key)));
  await run("npm", args, { cwd: folder, env: clean });
  const file = (await readdir(folder)).find((entry) => entry.endsWith(".tgz"));
  if (file === undefined) throw failed(`npm packed nothing for ${name} ${version}`);
  return join(folder, file);
}

async function unpack(bytes: Buffer, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await run("tar", ["-xzf", "-", "-C", folder, "--strip-components=1"], { input: bytes });
}

function run(
  command: string,
  args: readonly string[],
  { input, ...options }: { input?: Buffer; cwd?: string; env?: Record<string, string | undefined> },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ["pipe", "ignore", "pipe"], timeout: 600_000 });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-2_000);
    });
    child.stdin.on("error", () => {}).end(input);
    child.on("error", (error) => reject(failed(`${command} could not be started: ${error.message}`)));
    child.on("close", (code) =>
      code === 0 ? resolve() : reject(failed(`${command} ended with ${code}: ${said.trim()}`)),
    );
  });
}

function failed(found: string): SlipwayError {
  return new SlipwayError("SYSTEM_FAILED", "DuckDB, which reads the data, could not be installed", {
    expected: "npm and tar on the PATH, and an npm registry in reach",
    found,
    hint: "On a self-hosted runner or in an image of your own, install Node.js with npm, or let it reach a mirror by npm_config_registry.",
  });
}
