import { mkdir, readFile, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import type { Runtime } from "../../../schemas/manifest.ts";
import type { EnvironmentSpec } from "../../../schemas/model-spec.ts";
import { canonicalJson, sha256 } from "../../canonical.ts";
import { SlipwayError } from "../../errors.ts";
import type { Executor } from "../../executors/executor.ts";
import { withLock } from "../../file-lock.ts";
import { ownerOf } from "../../process-owner.ts";
import { endDescendants } from "../../runtime/descendants.ts";
import { HOME, TEMPORARY, userEnvironment } from "../../runtime/environment.ts";
import { findNewEntries } from "../../runtime/environment-links.ts";
import { environmentPlaces } from "../../runtime/environment-places.ts";
import { neutralPlaces, type Places } from "../../runtime/neutral-places.ts";
import { removeTree } from "../../runtime/remove-tree.ts";
import { closeFolders, leadsInto, sealOf } from "../../runtime/seal.ts";
import { undeclaredHint } from "../../runtime/undeclared.ts";
import type { SourceTree } from "../../source/tree.ts";
import { writeDurably } from "../../write-durably.ts";
import { runCommand } from "./run-command.ts";

export interface SetupRequest {
  spec: EnvironmentSpec | undefined;
  /** The model's folder, relative to the repository's root. */
  folder: string;
  tree: SourceTree;
  /** The files that setup sees, with their digests. */
  locks: readonly { path: string; sha256: string }[];
  runtime: Runtime;
  /** Where prepared environments are kept: a folder outside of the repository. */
  cache: string;
  caller: Readonly<Record<string, string | undefined>>;
  /** Variables of the caller that the policy lets a spec hand on. */
  passable: readonly string[];
  executor: Executor;
  timeoutMs: number;
  log: string;
  onOutput?: ((text: string) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** What a prepared environment adds to an exported tree: symbolic links at these paths, to these places. */
export interface PreparedEnvironment {
  links: readonly { path: string; target: string }[];
  outcome: "done" | "reused" | "skipped";
  /** What is to be said about it. */
  detail?: string;
  /** Rejects with ENVIRONMENT_CHANGED where it is no longer what setup made, and throws it away then. */
  verify(): Promise<void>;
}

const Ready = z.object({
  links: z.array(z.string()).describe("What setup made, relative to the model's folder."),
  seal: z.string(),
});
type Ready = z.infer<typeof Ready>;

/**
 * Runs `environment.setup` once for what it can see: the files of `lock` (place beside the model's folder, content), the
 * command, `env`, what the policy lets through, and the program versions. Nothing else of the repository is there, so models
 * with equal ones share an environment. It lies in `<cache>/env/<key>` and stays there: virtual environments do not survive
 * a move. It is sealed when it is done. One that was changed since is never used: it is made anew. Runs side by side make it
 * once, and what a killed run left half-made is made anew. Rejects as runCommand does, and leaves nothing that looks ready.
 */
export async function prepareEnvironment(request: SetupRequest): Promise<PreparedEnvironment> {
  const setup = request.spec?.setup;
  if (setup === undefined) return { links: [], outcome: "skipped", verify: async () => {} };
  const places = neutralPlaces(request.folder, request.locks, await executables(request));
  const { env } = variables(request);
  const passed = (request.spec?.pass ?? []).filter((name) => request.passable.includes(name));
  const home = join(
    request.cache,
    "env",
    sha256(
      canonicalJson({
        setup,
        env: request.spec?.env ?? {},
        pass: Object.fromEntries(passed.map((name) => [name, env[name] ?? null])),
        files: places.files.map(({ to, sha256: content, executable }) => [to, content, executable]),
        runtime: request.runtime,
      }),
    ),
  );
  const found = await readReady(home);
  const isWhole = found !== undefined && (await isSealed(home, found));
  const { ready, built } = isWhole ? { ready: found, built: false } : await build(request, setup, home, places);
  return {
    links: ready.links.map((path) => ({
      path: places.ofModel(path),
      target: join(madeIn(home), "tree", places.inTree(path)),
    })),
    outcome: built ? "done" : "reused",
    ...(found && !isWhole ? { detail: "what was there had been changed since it was set up" } : {}),
    verify: async () => {
      if (await isSealed(home, ready)) return;
      await throwAway(request, home, ready);
      throw changed(setup);
    },
  };
}

async function build(
  request: SetupRequest,
  setup: string,
  home: string,
  places: Places,
): Promise<{ ready: Ready; built: boolean }> {
  return locked(request, home, async () => {
    const meanwhile = await readReady(home);
    if (meanwhile && (await isSealed(home, meanwhile))) return { ready: meanwhile, built: false };
    await rm(join(home, "ready"), { force: true });
    const links = await install(request, setup, home, places);
    const ready = { links, seal: await sealOf(sealedFolders(home)) };
    await writeDurably(join(home, "ready"), canonicalJson(ready));
    return { ready, built: true };
  });
}

async function install(request: SetupRequest, setup: string, home: string, places: Places): Promise<string[]> {
  const { mark } = environmentPlaces(request.cache, basename(home));
  // A builder that was killed may have left its installer running.
  await endDescendants({ mark, graceMs: 1_000 });
  const [tree, own, temporary, exported] = ["tree", HOME, TEMPORARY, "export"].map((name) =>
    join(madeIn(home), name),
  ) as [...[string, string, string, string]];
  for (const folder of [tree, own, temporary, exported]) await removeTree(folder);
  const cwd = join(tree, places.folder);
  for (const folder of [cwd, own, temporary]) await mkdir(folder, { recursive: true, mode: 0o700 });
  await request.tree.export(
    places.files.map(({ from }) => from),
    exported,
  );
  for (const { from, to } of places.files) {
    await mkdir(dirname(join(tree, to)), { recursive: true });
    await rename(join(exported, from), join(tree, to));
  }
  await removeTree(exported);
  const repository = (await request.tree.list()).map(({ path }) => path);
  const { env, paths, leftOut } = variables(request);
  const isOne = leftOut.length === 1;
  await runCommand(request.executor, {
    ...{ command: setup, env, paths, mark, log: request.log, image: request.spec?.image },
    // One place: hard links cannot lead from one to another.
    ...{ folder: madeIn(home), cwd: join("tree", places.folder) },
    limits: { timeoutMs: request.timeoutMs },
    timeoutKey: "environment.timeout",
    onOutput: request.onOutput,
    signal: request.signal,
    explain: (lines) =>
      leftOut.length === 0
        ? undeclaredHint(lines, {
            ...{ repository, folder: request.folder, code: [], tree, key: "environment.lock" as const },
            exported: new Set(places.files.map(({ from }) => from)),
          })
        : `${leftOut.join(", ")} held a password and ${isOne ? "was" : "were"} not handed on: set an address without one.`,
  });
  await removeTree(temporary);
  // Interpreters and caches that the environment leads into are a part of it; what else lies there is not.
  if (!(await leadsInto(tree, own))) await removeTree(own);
  await mkdir(own, { recursive: true });
  await closeFolders(sealedFolders(home));
  const entries = await findNewEntries(
    tree,
    places.files.map(({ to }) => to),
    places.folder,
  );
  return entries.map((path) => places.ofTree(path));
}

function variables({ spec, caller, passable }: SetupRequest) {
  return userEnvironment({ spec, caller, passable, setup: true });
}

async function executables({ tree, locks }: SetupRequest): Promise<ReadonlySet<string>> {
  if (locks.length === 0) return new Set();
  const entries = await tree.list();
  return new Set(entries.filter(({ kind }) => kind === "executable").map(({ path }) => path));
}

const madeIn = (home: string) => join(home, "made");
const sealedFolders = (home: string) => ["tree", HOME].map((name) => join(madeIn(home), name));

/** A folder that cannot be looked at is as good as changed. */
function isSealed(home: string, { seal }: Ready): Promise<boolean> {
  return sealOf(sealedFolders(home)).then(
    (now) => now === seal,
    () => false,
  );
}

async function throwAway(request: SetupRequest, home: string, used: Ready): Promise<void> {
  await locked({ ...request, signal: undefined }, home, async () => {
    // Somebody may have made it anew.
    const now = await readReady(home);
    if (now !== undefined && now.seal !== used.seal && (await isSealed(home, now))) return;
    await rm(join(home, "ready"), { force: true });
    for (const folder of sealedFolders(home)) await removeTree(folder);
  });
}

function locked<T>({ timeoutMs, signal }: SetupRequest, home: string, work: () => Promise<T>): Promise<T> {
  const holder = { ...ownerOf(process.pid), refs: {}, since: Date.now() };
  const doing = "setting up the same environment";
  return withLock(join(home, "lock"), { holder, doing, patience: 2 * timeoutMs, signal }, work);
}

async function readReady(home: string): Promise<Ready | undefined> {
  try {
    return Ready.parse(JSON.parse(await readFile(join(home, "ready"), "utf8")));
  } catch {
    return undefined;
  }
}

function changed(setup: string): SlipwayError {
  return new SlipwayError("ENVIRONMENT_CHANGED", "The prepared environment was changed while user code ran", {
    expected: "the files as environment.setup left them: other runs use them too",
    found: "other ones; the environment was thrown away, and is made anew by the next run",
    hint: `Write to the paths that the SLIPWAY_ variables name, or to TMPDIR. What is to be installed belongs into environment.setup (${setup.slice(0, 100)}).`,
  });
}
