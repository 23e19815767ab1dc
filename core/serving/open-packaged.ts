import { randomBytes } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { PackagedVersion } from "../../schemas/packaged-version.ts";
import { testExtension } from "../acts/predict-new.ts";
import { timestamp } from "../clock.ts";
import { SlipwayError } from "../errors.ts";
import { localExecutor } from "../executors/local.ts";
import { makeWorkFolder, type WorkFolder } from "../runtime/work-folder.ts";
import { environmentFacts, loadCode } from "../stages/load-code.ts";
import { openPackedModel } from "../stages/packed-model.ts";
import { prepareAnswering } from "../stages/prepare-answering.ts";
import type { RunDependencies, RunnableModel } from "../stages/runnable-model.ts";
import { openFolderStore } from "../stores/file/folder.ts";
import { openStore } from "../stores/open/open-store.ts";
import { answer } from "./answer.ts";
import { openEndpoint } from "./endpoint.ts";
import { PACKAGE_FILE, PACKAGE_FILES } from "./package-version.ts";
import { predictSecrets } from "./predict-secrets.ts";
import { prepareVersion } from "./prepare-version.ts";
import type { ServingEvent, ServingHost } from "./serving-host.ts";

export interface PackagedOptions {
  /** The package's folder. */
  folder: string;
  /** What it has to hold, where the caller says: `penguins` or `penguins@3`. */
  wanted: string | undefined;
  /** The SHA-256 that its artifact has to have, where the caller says. */
  digest: string | undefined;
  /** What the endpoint's stage is called. */
  stage: string;
  env: Readonly<Record<string, string | undefined>>;
  onOutput(text: string): void;
  onEvent(event: ServingEvent): void;
  clock(): Date;
  signal: AbortSignal;
}

/** A package's record holds its code's files by name: tens of thousands at most. */
const MAX_BYTES = 64 * 1024 ** 2;

/**
 * Answers for the one version of a package, and follows nothing: another version is another package. Rejects with USAGE where the
 * folder holds no package, or another version or other bytes than the caller wants, and with SECRET_MISSING.
 */
export async function openPackaged(options: PackagedOptions): Promise<ServingHost> {
  const { stage, onOutput, onEvent, clock } = options;
  const packaged = await readPackage(options.folder);
  const secrets = predictSecrets(packaged.secrets, options.env);
  const { runnable, deps, work } = await load(options, packaged);
  const { called, manifest, signature, artifact } = packaged;
  const waiting = new Set<() => void>();
  let isDraining = false;
  const endpoint = openEndpoint({
    ...{ model: called, stage, clock },
    onEvent(event) {
      onEvent(event);
      for (const wake of waiting) wake();
    },
    prepare: (of, signal) =>
      prepareVersion(
        of,
        {
          ...{ store: deps.store, lazy: false, clock, onNote: (text) => onEvent({ event: "note", text }) },
          start: () =>
            prepareAnswering(deps, {
              ...{
                model: runnable,
                artifact,
                signature,
                extension: testExtension(manifest),
                secrets,
                signal,
                onOutput,
              },
            }),
        },
        signal,
      ),
  });
  const replica = randomBytes(8).toString("hex");
  const startedAt = timestamp(clock());
  const about = { model: packaged.model, stage, version: manifest.version, decision: "" };
  endpoint.aim({ ...about, called, manifest, signature, runnable });
  const isReady = () => !isDraining && (endpoint.live()?.answering.state().ready ?? 0) > 0;
  return {
    replica,
    endpoints: () => [endpoint.state()],
    ready: isReady,
    ask: (request) => answer([endpoint], request),
    status: () => ({
      ...{ replica, stage, started_at: startedAt },
      state: isDraining ? "draining" : isReady() ? "ready" : "starting",
      registry: { commit: undefined, looked_at: undefined, problem: undefined },
      request_log: undefined,
      endpoints: [endpoint.status()],
    }),
    poke() {},
    async settled() {
      while (!isDraining && endpoint.live() === undefined && endpoint.state().problem === undefined)
        await new Promise<void>((resolve) => waiting.add(resolve));
      waiting.clear();
    },
    drain() {
      isDraining = true;
      for (const wake of waiting) wake();
    },
    async close(drainMs) {
      isDraining = true;
      await endpoint.close(drainMs);
      await work.remove();
    },
  };
}

/** Sets up the environment of a package's code in the package's folder, so that whoever serves it writes nothing there. */
export async function preparePackaged(options: PackagedOptions): Promise<PackagedVersion> {
  const packaged = await readPackage(options.folder);
  const { runnable, deps, work } = await load(options, packaged);
  try {
    const facts = await environmentFacts(runnable, deps.caller);
    const log = join(work.private, "setup.log");
    await loadCode(deps, runnable, { facts, work, log, signal: options.signal, onOutput: options.onOutput });
    return packaged;
  } finally {
    await work.remove();
  }
}

interface Loaded {
  runnable: RunnableModel;
  deps: RunDependencies;
  work: WorkFolder;
}

async function load(
  { folder, wanted, digest, env, signal }: PackagedOptions,
  packaged: PackagedVersion,
): Promise<Loaded> {
  const { called, model, manifest, artifact, store, code, pass } = packaged;
  const name = `${called}@${manifest.version}`;
  // Manifests name a model by its folder in the registry, which stays whatever it is called.
  const names = [called, model].flatMap((each) => [each, `${each}@${manifest.version}`]);
  if (wanted !== undefined && !names.includes(wanted))
    throw new SlipwayError("USAGE", "This package holds another version", { expected: wanted, found: name });
  if (digest !== undefined && digest !== artifact.sha256)
    throw new SlipwayError("USAGE", `This package of ${name} is of another artifact`, {
      expected: `sha256 ${digest}`,
      found: `sha256 ${artifact.sha256}`,
    });
  const files = openFolderStore(join(folder, PACKAGE_FILES), `file:${PACKAGE_FILES}`);
  const work = await makeWorkFolder(`package-${randomBytes(4).toString("hex")}`);
  try {
    const runnable = await openPackedModel(code, files, join(work.private, "code"));
    const deps = {
      store: store === undefined ? files : openStore(store, folder, {}, { env, signal }),
      cache: join(folder, "cache"),
      caller: env,
      passable: pass,
      executor: localExecutor({ readOnly: [folder] }),
    };
    return { runnable, deps, work };
  } catch (error) {
    await work.remove();
    throw error;
  }
}

async function readPackage(folder: string): Promise<PackagedVersion> {
  const file = join(folder, PACKAGE_FILE);
  const size = (await stat(file).catch(() => undefined))?.size;
  const none = (found: string) =>
    new SlipwayError("USAGE", `${folder} holds no package`, {
      expected: `${PACKAGE_FILE}, as \`slipway package\` writes it`,
      found,
    });
  if (size === undefined) throw none("no such file");
  if (size > MAX_BYTES) throw none(`${size} bytes`);
  try {
    return PackagedVersion.parse(JSON.parse(await readFile(file, "utf8")));
  } catch {
    throw none("another file");
  }
}
