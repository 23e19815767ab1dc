import { spawn } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { bringDuckDB, type DuckDB } from "../../core/data/duckdb.ts";
import { SlipwayError } from "../../core/errors.ts";
import { duckdbPackages, isMusl, type PinnedPackage } from "./duckdb-packages.ts";
import { isOwn } from "./scrub-environment.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Makes DuckDB available to this process. It is native code and in no bundle: where it is not installed beside the Action, its
 * pinned packages are fetched with npm into the runner's tool cache, once for a machine, and unpacked into `folder` for this
 * job alone. That begins at once, while the job reads the repository. Each package is held against its sha512 every time it
 * is used: on a runner that stays, user code of another job may have been in the cache. Who opens a database is rejected with
 * SYSTEM_FAILED.
 */
export function provideDuckDB(folder: string, env: Environment): void {
  const installed = installedDuckDB();
  const fetching = installed === undefined ? fetchDuckDB(folder, env) : undefined;
  // Told to who needs it, if anybody does.
  fetching?.catch(() => {});
  bringDuckDB(async () => {
    const entry = installed ?? (await fetching) ?? "";
    const loaded = (await import(pathToFileURL(entry).href)) as DuckDB & { default?: DuckDB };
    return loaded.default ?? loaded;
  });
}

/** Resolves to the package's entry. */
async function fetchDuckDB(folder: string, env: Environment): Promise<string> {
  const machine = { platform: process.platform, arch: process.arch, musl: isMusl() };
  const packages = duckdbPackages(machine);
  const kind = `${machine.platform}-${machine.arch}${machine.musl ? "-musl" : ""}`;
  if (packages.length < 4) throw failed(`there is no build for ${kind}`);
  const version = packages[0]?.version ?? "";
  const cache = join(env["RUNNER_TOOL_CACHE"] ?? folder, "slipway-duckdb", version, kind);
  const home = await mkdtemp(join(folder, "duckdb-"));
  for (const [{ name }, bytes] of await tarballs(packages, cache, env))
    await unpack(bytes, join(home, "node_modules", name));
  return createRequire(join(home, "package.json")).resolve("@duckdb/node-api");
}

function installedDuckDB(): string | undefined {
  try {
    return createRequire(import.meta.url).resolve("@duckdb/node-api");
  } catch {
    return undefined;
  }
}

/** The packages' bytes, out of the cache where they are whole there, otherwise fetched: all that lack by one npm. */
async function tarballs(packages: readonly PinnedPackage[], cache: string, env: Environment) {
  const kept = ({ name, version }: PinnedPackage) => join(cache, `${name.replaceAll(/[@/]/g, "_")}-${version}.tgz`);
  const found = new Map<PinnedPackage, Buffer>();
  for (const each of packages) {
    const there = await readFile(kept(each)).catch(() => undefined);
    if (there && integrityOf(there) === each.integrity) found.set(each, there);
  }
  const lacking = packages.filter((each) => !found.has(each));
  if (lacking.length === 0) return found;
  await mkdir(cache, { recursive: true });
  const folder = join(cache, `fetching-${randomUUID()}`);
  await mkdir(folder);
  try {
    const files = await npmPack(lacking, folder, env);
    for (const each of lacking) {
      const { path, bytes } = files.get(each.integrity) ?? {};
      if (path === undefined || bytes === undefined)
        throw failed(`${each.name} ${each.version} came with other bytes than package-lock.json pins`);
      // Whole or not at all, whoever else fetches it meanwhile.
      await rename(path, kept(each));
      found.set(each, bytes);
    }
    return found;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function integrityOf(bytes: Buffer): string {
  return `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
}

/** What npm packed, by each file's own integrity. npm says on its standard error why it could not. */
async function npmPack(packages: readonly PinnedPackage[], folder: string, env: Environment) {
  const names = packages.map(({ name, version }) => `${name}@${version}`);
  const args = ["pack", ...names, "--ignore-scripts", "--loglevel=error", "--cache", join(folder, "cache")];
  const clean = Object.fromEntries(Object.entries(env).filter(([key]) => !isOwn(key)));
  await run("npm", args, { cwd: folder, env: clean });
  const paths = (await readdir(folder)).filter((entry) => entry.endsWith(".tgz")).map((entry) => join(folder, entry));
  if (paths.length === 0) throw failed(`npm packed nothing for ${names.join(", ")}`);
  const files = paths.map(async (path) => ({ path, bytes: await readFile(path) }));
  return new Map((await Promise.all(files)).map((file) => [integrityOf(file.bytes), file]));
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
