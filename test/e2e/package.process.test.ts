import { execFile, spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import { sha256 } from "../../core/canonical.ts";
import { until } from "../helpers/app-process.ts";
import type { Place } from "./models-repository.ts";
import { servedPlaces, THRESHOLDS } from "./serving-place.ts";

const [, SECOND] = THRESHOLDS;
const copied = servedPlaces();

/** The build context of version 2, somewhere without a repository. */
async function packaged(...args: string[]) {
  const place = await copied();
  const root = await mkdtemp(join(tmpdir(), "slipway-package-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const context = join(root, "context");
  const { code, stdout, stderr } = await place.slipway("package", "tiny@2", "--to", context, "--json", ...args);
  if (code !== 0) throw new Error(stderr);
  return { place, root, context, result: JSON.parse(stdout).result };
}

/** What a container starts: the context's own program, with nothing but the package. */
function started(root: string, words: readonly string[], env: Record<string, string> = {}) {
  const program = join(root, "context/slipway/dist/slipway.js");
  return [
    process.execPath,
    [program, "serve", ...words],
    { cwd: root, env: { PATH: process.env["PATH"], SLIPWAY_PACKAGE: join(root, "context/package"), ...env } },
  ] as const;
}

async function run(root: string, words: readonly string[], env?: Record<string, string>) {
  const end = await promisify(execFile)(...started(root, words, env)).catch((error: object) => error);
  return end as { code?: number; stdout: string; stderr: string };
}

/** Serves until the test ends; resolves to the address. */
async function serve(root: string, words: readonly string[] = [], env: Record<string, string> = {}) {
  const child = spawn(...started(root, [...words, "--port", "0", "--host", "127.0.0.1", "--json"], env));
  const ended = new Promise<number | null>((resolve) => child.on("exit", resolve));
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
  });
  await until(async () => printed.trimEnd().endsWith("\n}"));
  const { url } = JSON.parse(printed).result as { url: string };
  return { url, child, ended };
}

async function ask(url: string): Promise<unknown> {
  const body = JSON.stringify({ dataframe_records: [{ x: 1 }] });
  const response = await fetch(`${url}/invocations`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  return response.json();
}

/** Every file below, with its size and when it was changed. */
async function listing(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const facts = await Promise.all(files.map(async (file) => [file, (await stat(file)).mtimeMs].join(" ")));
  return facts.sort();
}

it("a package answers by its version without a repository", async () => {
  const { root } = await packaged();
  const { url } = await serve(root, ["tiny@2"]);
  expect(await ask(url)).toEqual({ predictions: [{ prediction: "low", threshold: SECOND }] });
  const ready = await fetch(`${url}/v2/models/tiny/versions/2/ready`);
  expect([ready.status, await ready.json()]).toEqual([200, { name: "tiny", ready: true }]);
});

it("a package writes nothing to its folder once its environment is set up", async () => {
  const { root, context } = await packaged();
  expect(await run(root, ["--prepare"])).toMatchObject({ stdout: expect.stringContaining("tiny version 2") });
  const before = await listing(context);
  const { url, child, ended } = await serve(root);
  await ask(url);
  child.kill("SIGTERM");
  expect(await ended).toBe(0);
  expect(await listing(context)).toEqual(before);
});

it("a package refuses to be taken for another version, or for other bytes", async () => {
  const { root } = await packaged();
  const other = await run(root, ["tiny@3", "--open"]);
  expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining("another version") });
  const bytes = await run(root, ["tiny@2", "--open"], { SLIPWAY_ARTIFACT_SHA256: "0".repeat(64) });
  expect(bytes).toMatchObject({ code: 2, stderr: expect.stringContaining("another artifact") });
});

it("a package listens to all, and so asks for a token unless it is told to ask nobody", async () => {
  const { root } = await packaged();
  const refused = await run(root, ["--port", "0"]);
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("SLIPWAY_SERVE_TOKEN") });
});

it("a package holds the code that its program sees, and no data, labels or history", async () => {
  const { context, place } = await packaged();
  const kept = await contents(join(context, "package/files"));
  const of = async (file: string) => sha256(await readFile(join(place.folder, "models/tiny", file)));
  expect(kept).toContain(await of("serve.mjs"));
  for (const file of ["data/test.csv", "data/train.csv"]) expect(kept).not.toContain(await of(file));
  expect((await readdir(context)).sort()).toEqual(["Dockerfile", "README.md", "package", "slipway"]);
});

async function contents(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

it("a package's Dockerfile copies what is in the context, and runs as no root", async () => {
  const { context } = await packaged();
  const text = await readFile(join(context, "Dockerfile"), "utf8");
  const copied = [...text.matchAll(/^COPY (?:--chown=\S+ )?(?!--from)(\S+) /gm)].map(([, from = ""]) => from);
  expect(copied).toEqual(["slipway/", "package/"]);
  for (const from of copied) expect((await stat(join(context, from))).isDirectory()).toBe(true);
  expect(text).toMatch(/^USER 10001:10001$/m);
  expect(text.indexOf("USER 10001")).toBeLessThan(text.indexOf("ENTRYPOINT"));
});

it("a package goes into a new folder alone", async () => {
  const { place, context }: { place: Place; context: string } = await packaged();
  const { code, stderr } = await place.slipway("package", "tiny@2", "--to", context);
  expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining("holds something else") });
});
