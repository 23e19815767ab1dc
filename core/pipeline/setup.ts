import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Runtime } from "../../schemas/manifest.ts";
import type { EnvironmentSpec } from "../../schemas/model-spec.ts";
import { canonicalJson, sha256 } from "../canonical.ts";
import { SlipwayError } from "../errors.ts";
import { withLock } from "../file-lock.ts";
import { lockFiles, type ModelInputs } from "../plan/inputs.ts";
import { ownerOf } from "../process-owner.ts";
import type { SourceTree } from "../source/tree.ts";
import { writeDurably } from "../write-durably.ts";
import { endDescendants } from "./descendants.ts";
import { userEnvironment } from "./environment.ts";
import { findNewEntries, pointsIntoCode } from "./environment-links.ts";
import { runCommand } from "./process.ts";
import { removeTree } from "./remove-tree.ts";

const LOCK_BYTES = 256 * 1024 * 1024;

export interface SetupRequest {
  spec: EnvironmentSpec | undefined;
  /** The model's folder, and the files that user code sees; relative to the repository's root. */
  folder: string;
  code: readonly string[];
  tree: SourceTree;
  /** The lock files, with their digests. */
  locks: readonly { path: string; sha256: string }[];
  runtime: Runtime;
  /** Where prepared environments are kept: a folder outside of the repository. */
  cache: string;
  caller: Readonly<Record<string, string | undefined>>;
  timeoutMs: number;
  log: string;
  onOutput?: ((text: string) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** What a prepared environment adds to an exported tree: symbolic links at these paths, to these places. */
export interface PreparedEnvironment {
  links: readonly { path: string; target: string }[];
  outcome: "done" | "reused" | "skipped";
  seconds: number;
}

const Ready = z.object({
  links: z.array(z.string()),
  code: z.string().optional().describe("The environment points into the code: it is good for this code alone."),
});

/**
 * Runs `environment.setup` once per content of its locks (path and digest), command, `env`, runtime and folder, in
 * `<cache>/env/<key>/tree`, an export of the code that stays where it is: virtual environments do not survive a move.
 * Without `lock`, and where what was installed points back into the code (an editable install, a workspace), the key
 * covers the code as well. A ready environment is never built again; runs side by side build it once, and what a
 * killed run left half-built is built anew. Rejects as runCommand does, and leaves nothing that looks ready.
 */
export async function prepareEnvironment(request: SetupRequest): Promise<PreparedEnvironment> {
  const setup = request.spec?.setup;
  if (setup === undefined) return { links: [], outcome: "skipped", seconds: 0 };
  const started = performance.now();
  let digest: Promise<string> | undefined;
  const code = () => {
    digest ??= codeDigest(request);
    return digest;
  };
  const key = sha256(
    canonicalJson({
      setup,
      folder: request.folder,
      env: request.spec?.env ?? {},
      locks: request.locks,
      runtime: request.runtime,
      code: request.locks.length === 0 ? await code() : undefined,
    }),
  );
  let home = join(request.cache, "env", key);
  let { ready, built } = await readyOrBuilt(request, setup, home, code);
  if (ready.code !== undefined && ready.code !== (await code())) {
    home = join(request.cache, "env", sha256(canonicalJson({ key, code: await code() })));
    ({ ready, built } = await readyOrBuilt(request, setup, home, code));
  }
  return {
    links: ready.links.map((path) => ({ path, target: join(home, "tree", path) })),
    outcome: built ? "done" : "reused",
    seconds: (performance.now() - started) / 1_000,
  };
}

async function readyOrBuilt(
  request: SetupRequest,
  setup: string,
  home: string,
  code: () => Promise<string>,
): Promise<{ ready: z.infer<typeof Ready>; built: boolean }> {
  const marker = join(home, "ready");
  const before = await readReady(marker);
  if (before) return { ready: before, built: false };
  const holder = { ...ownerOf(process.pid), refs: {}, since: Date.now() };
  const waiting = { doing: "setting up the same environment", patience: 2 * request.timeoutMs, signal: request.signal };
  return withLock(join(home, "lock"), { holder, ...waiting }, async () => {
    const meanwhile = await readReady(marker);
    if (meanwhile) return { ready: meanwhile, built: false };
    const ready = await build(request, setup, home, code);
    await writeDurably(marker, canonicalJson(ready));
    return { ready, built: true };
  });
}

async function build(
  request: SetupRequest,
  setup: string,
  home: string,
  code: () => Promise<string>,
): Promise<z.infer<typeof Ready>> {
  const tree = join(home, "tree");
  const mark = `setup-${sha256(home).slice(0, 32)}`;
  // A builder that was killed may have left its installer running.
  await endDescendants({ mark, graceMs: 1_000 });
  await removeTree(tree);
  const files = [...new Set([...request.code, ...request.locks.map((lock) => lock.path)])];
  await request.tree.export(files, tree);
  const folders = { home: join(request.cache, "home"), temporary: join(home, "tmp") };
  for (const folder of [join(tree, request.folder), folders.home, folders.temporary]) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  }
  const { env, leftOut } = userEnvironment({
    spec: request.spec,
    caller: request.caller,
    ...folders,
    ceiling: home,
    mark,
    setup: true,
  });
  await runCommand({
    command: setup,
    cwd: join(tree, request.folder),
    env,
    timeoutMs: request.timeoutMs,
    timeoutKey: "environment.timeout",
    log: request.log,
    onOutput: request.onOutput,
    signal: request.signal,
    explain: () =>
      leftOut.length === 0
        ? undefined
        : `${leftOut.join(", ")} held a password and ${leftOut.length === 1 ? "was" : "were"} not handed on: set an address without one, or name it under \`environment.pass\`.`,
  });
  await removeTree(folders.temporary);
  const links = await findNewEntries(tree, files, request.folder);
  return (await pointsIntoCode(tree, links)) ? { links, code: await code() } : { links };
}

async function readReady(path: string): Promise<z.infer<typeof Ready> | undefined> {
  try {
    return Ready.parse(JSON.parse(await readFile(path, "utf8")));
  } catch {
    return undefined;
  }
}

async function codeDigest({ tree, code }: SetupRequest): Promise<string> {
  const blobs = await tree.blobs(code);
  return sha256(canonicalJson(code.map((path, at) => [path, blobs[at] ?? null])));
}

/** The lock files that a spec names, with their digests. Rejects with SPEC_INVALID where one is not there. */
export async function readLocks(model: ModelInputs, tree: SourceTree): Promise<{ path: string; sha256: string }[]> {
  const paths = (await lockFiles(model, tree)).map(({ path }) => path);
  const contents = await tree.readMany(paths, LOCK_BYTES);
  return paths.map((path, i) => {
    const content = contents[i];
    if (content !== undefined) return { path, sha256: sha256(content) };
    throw new SlipwayError("SPEC_INVALID", `environment.lock names ${path}, which is no file`, {
      expected: "a file of the repository",
    });
  });
}
