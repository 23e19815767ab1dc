import type { Runtime } from "../../schemas/manifest.ts";
import type { ModelSpec } from "../../schemas/model-spec.ts";
import { NO_PARAMS, type Sha256 } from "../../schemas/names.ts";
import { canonicalJson, sha256 } from "../canonical.ts";
import type { SourceTree } from "../source/tree.ts";
import { pinnedFiles, readDataLock } from "./data-lock.ts";
import { codeFiles, dataFiles, dataLocations, folderOf, lockFiles, type ModelInputs, rowsNameFiles } from "./inputs.ts";

/** What training and prediction can see; nothing else is in the fingerprint. Maps are from path to content. */
export interface FingerprintParts {
  /** Commands run in this folder. */
  folder: string;
  spec: unknown;
  /** Path → kind and Git blob. */
  code: Record<string, string>;
  /** Role and path or URI → Git blob, or the lock's digest. */
  data: Record<string, string>;
  environment: unknown;
  /** Path → Git blob. */
  locks: Record<string, string>;
  runtime: Runtime;
}

export type FingerprintInputs = Omit<FingerprintParts, "runtime">;

/**
 * The digest of everything that training and prediction can see: equal fingerprints need no second training. Rejects with
 * DATA_MISSING, DATA_NOT_PINNED, DATA_UNREADABLE or SPEC_INVALID where an input is not there.
 */
export async function fingerprint(
  model: ModelInputs,
  tree: SourceTree,
  runtime: Runtime,
): Promise<{ fingerprint: Sha256; parts: FingerprintParts }> {
  const inputs = await fingerprintInputs(model, tree);
  return { fingerprint: fingerprintOf(inputs, runtime), parts: { ...inputs, runtime } };
}

/** What a fingerprint covers but for the program versions, which are those of the machine that trains. Rejects as `fingerprint` does. */
export async function fingerprintInputs(model: ModelInputs, tree: SourceTree): Promise<FingerprintInputs> {
  const { spec, folder } = model;
  const { setup, env, pass, image } = spec.environment ?? {};
  return {
    folder,
    spec: seenSpec(spec),
    code: await codeParts(model, tree),
    data: await dataParts(model, tree),
    environment: { setup, env, pass: pass === undefined ? undefined : [...pass].sort(), image },
    locks: await lockParts(model, tree),
  };
}

export function fingerprintOf(inputs: FingerprintInputs, runtime: Runtime): Sha256 {
  return sha256(canonicalJson({ ...inputs, runtime }));
}

/** The part of the spec that user code can notice; who owns it, how it is judged and where it runs are left out. */
function seenSpec({ task, data, train, predict, serve }: ModelSpec): unknown {
  return {
    task,
    data,
    train: train && { run: train.run, params: train.params ?? NO_PARAMS, seed: train.seed ?? 0 },
    predict: { run: predict.run },
    serve: serve?.run === undefined ? undefined : { run: serve.run },
  };
}

async function codeParts(model: ModelInputs, tree: SourceTree): Promise<Record<string, string>> {
  const files = await codeFiles(model, tree);
  const blobs = await tree.blobs(files.map((file) => file.path));
  return Object.fromEntries(files.map(({ path, kind }, i) => [path, `${kind} ${blobs[i]}`]));
}

/** Where rows name files: those below the data files' folders. Which of them are named, only the rows know. */
async function besideData(model: ModelInputs, tree: SourceTree, files: readonly { path: string }[]) {
  if (!rowsNameFiles(model.spec)) return {};
  const folders = [...new Set(files.map(({ path }) => folderOf(path)))];
  const paths = (await Promise.all(folders.map((folder) => tree.list(folder)))).flat().map(({ path }) => path);
  const blobs = await tree.blobs(paths);
  return Object.fromEntries(paths.map((path, i) => [`beside ${path}`, `${blobs[i]}`]));
}

/** Role and path or URI of each data file → its Git blob, or the lock's digest. Rejects as `fingerprint` does. */
export async function dataParts(model: ModelInputs, tree: SourceTree): Promise<Record<string, string>> {
  const files = await dataFiles(model, tree);
  const blobs = await tree.blobs(files.map((file) => file.path));
  const parts: Record<string, string> = Object.fromEntries(
    files.map(({ role, path }, i) => [`${role} ${path}`, `${blobs[i]}`]),
  );
  Object.assign(parts, await besideData(model, tree, files));
  const remote = dataLocations(model).filter(({ kind }) => kind === "uri");
  if (remote.length === 0) return parts;
  const lock = await readDataLock(tree, model.folder);
  for (const { role, location, keys } of remote) {
    const at = model.path === undefined ? {} : { file: model.path, ...model.position?.(keys) };
    for (const { uri, sha256 } of pinnedFiles(lock, location, at)) parts[`${role} ${uri}`] = sha256;
  }
  return parts;
}

async function lockParts(model: ModelInputs, tree: SourceTree): Promise<Record<string, string>> {
  const paths = (await lockFiles(model, tree)).map(({ path }) => path);
  const blobs = await tree.blobs(paths);
  return Object.fromEntries(paths.map((path, i) => [path, `${blobs[i]}`]));
}
