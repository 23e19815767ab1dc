import { type ChildProcess, spawn } from "node:child_process";
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, onTestFinished } from "vitest";
import { stringify } from "yaml";
import type { z } from "zod";
import { CLI_RESULTS, cliOutput } from "../../schemas/cli-output.ts";
import { FILES, POLICY, SPEC } from "./tiny-model.ts";

const SLIPWAY = fileURLToPath(new URL("../../dist/slipway.js", import.meta.url));
const IDENTITY = {
  GIT_AUTHOR_NAME: "Ada",
  GIT_AUTHOR_EMAIL: "ada@example.org",
  GIT_COMMITTER_NAME: "Ada",
  GIT_COMMITTER_EMAIL: "ada@example.org",
};

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface Started {
  child: ChildProcess;
  ended: Promise<Ended>;
  /** Resolves once the text was said on stderr; rejects where it ends without. */
  said(text: string): Promise<void>;
}

type Command = keyof typeof CLI_RESULTS;
export type Answer<Name extends Command> = z.infer<(typeof CLI_RESULTS)[Name]>;

/** A real Git repository with models in it, and `slipway` as a user starts it there. */
export interface Place {
  /** Holds everything of this place: the repository, temporary files, a home. */
  root: string;
  folder: string;
  /** What `slipway` is started with; undefined takes a variable away. */
  env: Record<string, string | undefined>;
  write(files: Readonly<Record<string, string>>): Promise<void>;
  /** Changes models/<model>/model.yaml, key by key (`undefined` removes one). */
  spec(changes: Readonly<Record<string, unknown>>, model?: string): Promise<void>;
  /** Another model, like `tiny`. */
  addModel(name: string, spec?: Readonly<Record<string, unknown>>): Promise<void>;
  policy(policy: Readonly<Record<string, unknown>>): Promise<void>;
  commit(message?: string): Promise<string>;
  git(...args: string[]): Promise<string>;
  read(path: string): Promise<string>;
  /** Runs a shell script as a hook of this repository's. */
  hook(name: string, script: string): Promise<void>;
  slipway(...args: string[]): Promise<Ended>;
  /** The same with `--json`; its one document, valid by the command's schema. */
  json<Name extends Command>(name: Name, ...args: string[]): Promise<JsonAnswer<Name>>;
  start(args: readonly string[], options?: { group?: boolean }): Started;
  /** The same repository somewhere else: `folder` is the other place's work tree or repository. */
  at(folder: string): Place;
  /** A copy of all of it, with nothing shared. */
  copy(name?: string): Promise<Place>;
}

export interface JsonAnswer<Name extends Command> {
  code: number | null;
  stderr: string;
  ok: boolean;
  result: Answer<Name>;
  error: { code: string; message: string; problems: Problem[] };
}

interface Problem {
  code: string;
  message: string;
  file?: string;
  line?: number;
  column?: number;
  expected?: string;
  found?: string;
  hint?: string;
}

/** A repository with one committed model `tiny` (see tiny-model.ts), changed by `spec`, `files` and `policy`. */
export async function modelsRepository(
  about: {
    spec?: Readonly<Record<string, unknown>>;
    files?: Readonly<Record<string, string>>;
    policy?: Readonly<Record<string, unknown>>;
    /** The repository's folder name. */
    name?: string;
    /** Not removed when the test that made it ends: for what a whole file of tests shares. */
    shared?: boolean;
    uncommitted?: boolean;
  } = {},
): Promise<Place> {
  const root = await makeRoot(about.shared);
  const place = placeAt(root, join(root, about.name ?? "repo"));
  await mkdir(place.folder);
  await place.git("init", "-q", "-b", "main");
  await place.write({ "slipway.yaml": stringify({ ...POLICY, ...about.policy }), "models/tiny/model.yaml": "" });
  await place.write({ ...inFolder("models/tiny", FILES), ".gitignore": ".slipway/\n" });
  await writeSpec(place.folder, "tiny", { ...SPEC, ...about.spec });
  if (about.files) await place.write(about.files);
  if (!about.uncommitted) await place.commit("a tiny model");
  return place;
}

/** Makes a place once for a file of tests, at the first call; every call answers with a copy of its own. */
export function prepared(prepare: () => Promise<Place>): () => Promise<Place> {
  let made: Promise<Place> | undefined;
  afterAll(async () => {
    if (made) await removeRoot((await made).root);
  });
  return async () => {
    made ??= prepare();
    return (await made).copy();
  };
}

export function inFolder(folder: string, files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([path, content]) => [`${folder}/${path}`, content]));
}

async function makeRoot(shared = false): Promise<string> {
  const root = await realpath(await mkdtemp(join(tmpdir(), "slipway-e2e-")));
  for (const folder of ["tmp", "home"]) await mkdir(join(root, folder));
  if (!shared) onTestFinished(() => removeRoot(root));
  return root;
}

/** Trains with another threshold, from a commit of its own: 50 is right on 90 rows of 100, 40 on 82, 20 on 66. */
export async function retrained(place: Place, threshold: number): Promise<string> {
  await place.spec({ train: { ...SPEC.train, params: { threshold } } });
  return place.commit(`threshold ${threshold}`);
}

/** User code may have left folders that cannot be written, and the Git of a command that was killed may still end its work. */
export async function removeRoot(root: string): Promise<void> {
  const options = { recursive: true, force: true, maxRetries: 5 };
  await rm(root, options).catch(async () => {
    for (const entry of await readdir(root, { recursive: true, withFileTypes: true }))
      if (entry.isDirectory()) await chmod(join(entry.parentPath, entry.name), 0o700).catch(() => {});
    await rm(root, options);
  });
}

async function writeSpec(folder: string, model: string, spec: object): Promise<void> {
  await mkdir(join(folder, "models", model), { recursive: true });
  await writeFile(join(folder, "models", model, "model.yaml"), stringify(spec));
}

function placeAt(root: string, folder: string): Place {
  const env: Record<string, string | undefined> = {
    PATH: process.env.PATH,
    HOME: join(root, "home"),
    TMPDIR: join(root, "tmp"),
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    NO_COLOR: "1",
    ...IDENTITY,
  };
  const run = async (command: string, args: readonly string[], options: { group?: boolean } = {}) =>
    begin(command, args, place, options).ended;
  const place: Place = {
    root,
    folder,
    env,
    async write(files) {
      for (const [path, content] of Object.entries(files)) {
        await mkdir(dirname(join(folder, path)), { recursive: true });
        await writeFile(join(folder, path), content);
      }
    },
    async spec(changes, model = "tiny") {
      const { parse } = await import("yaml");
      const before = parse(await readFile(join(folder, "models", model, "model.yaml"), "utf8")) as object;
      await writeSpec(folder, model, JSON.parse(JSON.stringify({ ...before, ...changes })));
    },
    async addModel(name, spec = {}) {
      await place.write(inFolder(`models/${name}`, FILES));
      await writeSpec(folder, name, { ...SPEC, ...spec });
    },
    policy: (policy) => writeFile(join(folder, "slipway.yaml"), stringify({ ...POLICY, ...policy })),
    async commit(message = "change") {
      await place.git("add", "-A");
      await place.git("commit", "-q", "--allow-empty", "-m", message);
      return place.git("rev-parse", "HEAD");
    },
    async git(...args) {
      const { code, stdout, stderr } = await run("git", args);
      if (code !== 0) throw new Error(`git ${args.join(" ")}: ${stderr}`);
      return stdout.trim();
    },
    read: (path) => readFile(join(folder, path), "utf8"),
    async hook(name, script) {
      const path = join(folder, ".git", "hooks", name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    },
    slipway: (...args) => run(process.execPath, [SLIPWAY, ...args]),
    async json(name, ...args) {
      const { code, stdout, stderr } = await place.slipway(name, ...args, "--json");
      const answer = cliOutput(CLI_RESULTS[name] as z.ZodType).parse(JSON.parse(stdout)) as object;
      return { code, stderr, ...answer } as JsonAnswer<typeof name>;
    },
    start: (args, options) => begin(process.execPath, [SLIPWAY, ...args], place, options),
    at: (other) => {
      const elsewhere = placeAt(root, other);
      elsewhere.env = env;
      return elsewhere;
    },
    async copy(name) {
      const target = await makeRoot();
      const copied = placeAt(target, join(target, name ?? "repo"));
      await cp(folder, copied.folder, { recursive: true });
      return copied;
    },
  };
  return place;
}

function begin(
  command: string,
  args: readonly string[],
  place: Place,
  { group = false }: { group?: boolean } = {},
): Started {
  const env = Object.fromEntries(Object.entries(place.env).filter(([, value]) => value !== undefined));
  const child = spawn(command, args, { cwd: place.folder, env, stdio: ["ignore", "pipe", "pipe"], detached: group });
  let [stdout, stderr] = ["", ""];
  const waiting: { text: string; resolve(): void; reject(error: Error): void }[] = [];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    for (const each of waiting) if (stderr.includes(each.text)) each.resolve();
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      for (const { text, reject } of waiting) reject(new Error(`never said: ${text}\n${stderr}`));
      resolve({ code, signal, stdout, stderr });
    });
  });
  const said = (text: string) =>
    new Promise<void>((resolve, reject) => {
      if (stderr.includes(text)) resolve();
      else waiting.push({ text, resolve, reject });
    });
  return { child, ended, said };
}
