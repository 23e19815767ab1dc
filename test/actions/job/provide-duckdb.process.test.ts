import { execFile } from "node:child_process";
import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { expect, it } from "vitest";
import { duckdbPackages } from "../../../actions/job/duckdb-packages.ts";
import lock from "../../../package-lock.json" with { type: "json" };
import { temporaryFolder } from "../../runtime/temporary.ts";

const exec = promisify(execFile);

/** A program that asks for DuckDB, in a folder without packages, and an npm that packs `bytes` whatever it is asked for. */
async function arrange(bytes: string, npm = `printf '%s' '${bytes}' > packed.tgz`) {
  const root = temporaryFolder({ "bin/npm": `#!/bin/sh\nprintf '%s' "$*" >> "$NPM_LOG"\n${npm}\n` });
  await mkdir(join(root, "job"));
  const source = join(import.meta.dirname, "../../../");
  await build({
    stdin: {
      contents: `import { provideDuckDB } from "./actions/job/provide-duckdb.ts";
        import { loadDuckDB } from "./core/data/duckdb.ts";
        provideDuckDB(${JSON.stringify(join(root, "job"))}, process.env);
        await loadDuckDB().catch((error) => { console.log(JSON.stringify({ code: error.code, ...error.problems[0] })); });`,
      resolveDir: source,
    },
    ...{ outfile: join(root, "ask.mjs"), bundle: true, format: "esm", platform: "node", logLevel: "error" },
    external: ["@duckdb/node-api"],
  });
  await chmod(join(root, "bin/npm"), 0o755);
  const env = {
    PATH: `${join(root, "bin")}:${process.env["PATH"]}`,
    RUNNER_TOOL_CACHE: join(root, "tools"),
    NPM_LOG: join(root, "npm.log"),
    ACTIONS_RUNTIME_TOKEN: "secret",
  };
  const ask = async () =>
    JSON.parse((await exec(process.execPath, [join(root, "ask.mjs")], { env, cwd: root })).stdout);
  const kept = async () =>
    (await readdir(join(root, "tools"), { recursive: true })).filter((name) => name.endsWith(".tgz"));
  return { root, ask, kept };
}

it("pins DuckDB, its bindings for the machine and what they need, as package-lock.json does", () => {
  const packages = duckdbPackages({ platform: "linux", arch: "arm64", musl: true });
  expect(packages.map(({ name }) => name)).toEqual([
    "@duckdb/node-api",
    "@duckdb/node-bindings",
    "@duckdb/node-bindings-linux-arm64-musl",
    "detect-libc",
  ]);
  for (const { name, version, integrity } of packages) {
    expect(lock.packages[`node_modules/${name}` as keyof typeof lock.packages]).toMatchObject({ version, integrity });
    expect(integrity).toMatch(/^sha512-/);
  }
});

it("refuses a package that is not what was pinned, and keeps nothing of it", async () => {
  const { root, ask, kept } = await arrange("not what was pinned");
  expect(await ask()).toMatchObject({
    code: "SYSTEM_FAILED",
    found: expect.stringMatching(/other bytes than package-lock/),
  });
  expect(await kept()).toEqual([]);
  expect(await readFile(join(root, "npm.log"), "utf8")).toMatch(
    /^pack @duckdb\/node-api@\S+ @duckdb\/node-bindings@\S+ @duckdb\/node-bindings-\S+ detect-libc@\S+ --ignore-scripts/,
  );
});

it("says what npm said where it could not fetch", async () => {
  const { ask } = await arrange("", 'echo "npm error code E403" >&2; exit 1');
  expect(await ask()).toMatchObject({ code: "SYSTEM_FAILED", found: "npm ended with 1: npm error code E403" });
});

it("believes nothing that it finds in the tool cache", async () => {
  const { root, ask } = await arrange("not what was pinned either");
  const [api] = duckdbPackages({ platform: process.platform, arch: process.arch, musl: false });
  const folder = join(root, "tools/slipway-duckdb", api?.version ?? "", `${process.platform}-${process.arch}`);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `_duckdb_node-api-${api?.version}.tgz`), "planted by user code of another job");
  expect(await ask()).toMatchObject({ code: "SYSTEM_FAILED", found: expect.stringMatching(/other bytes/) });
});
