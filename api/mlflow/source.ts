import { randomUUID } from "node:crypto";
import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { isSafePath } from "../../core/stores/artifact.ts";
import type { Artifact, Imported } from "../../schemas/manifest.ts";
import { invalid } from "./errors.ts";
import type { MlflowHost } from "./host.ts";
import { readManifest, servedVersion } from "./look-up.ts";
import { runRecord } from "./run-record.ts";
import { LEFTOVERS } from "./sweep-leftovers.ts";
import { shownRunId } from "./wire.ts";

/** What a version that is imported is made of. */
interface ResolvedSource {
  imported: Omit<Imported, "act">;
  /** Its files, durable by now; absent if this server does not have them. */
  artifact?: Artifact | undefined;
}

interface GivenSource {
  source: string;
  run_id?: string | undefined;
  run_link?: string | undefined;
  model_id?: string | undefined;
}

const MAX_SOURCE = 2_000;

/**
 * Finds a source's files. An upload goes into the store now, and has a digest from here on. Another version's files
 * are taken over. A tracking server's files are brought if the operator named that server. Any other source stays
 * where it is, and only its address is known: so it is for runs and logged models of other servers. No path of this
 * machine is ever read. The metrics that the run logged are kept as the importer's word.
 */
export async function resolveSource(host: MlflowHost, given: GivenSource): Promise<ResolvedSource> {
  const { imported, ...rest } = await resolved(host, given);
  const run = imported.run_id === undefined ? undefined : await runRecord(host, imported.run_id);
  const said = Object.entries(run?.metrics ?? {}).map(([name, { value }]) => [name, value]);
  return { ...rest, imported: said.length === 0 ? imported : { ...imported, metrics: Object.fromEntries(said) } };
}

async function resolved(host: MlflowHost, given: GivenSource): Promise<ResolvedSource> {
  const { source } = given;
  if (source.length > MAX_SOURCE) throw invalid(`'source' exceeds the maximum length of ${MAX_SOURCE} characters`);
  refuseLocal(source);
  refuseRelative(source);
  const run = given.run_id ? { run_id: given.run_id } : {};
  const imported = {
    ...{ source, ...run },
    ...(given.run_link ? { run_link: given.run_link } : {}),
    ...(given.model_id ? { model_id: given.model_id } : {}),
  };
  const model = /^models:\/+([^/@]+)\/(\d+)\/?$/.exec(source);
  if (model !== null) return copyOf(host, imported, model[1] as string, model[2] as string);
  if (/^models:\/+m-[\w-]{1,100}\/?$/.test(source)) return fromElsewhere(host, imported);
  if (source.startsWith("models:"))
    throw invalid(`Invalid model version source: '${source}'. Name a model and its version: models:/<name>/<version>.`);
  if (source.startsWith("runs:")) {
    const [, run_id = "", path = ""] = /^runs:\/+([^/]+)\/(.+)$/.exec(source) ?? [];
    if (run_id === "" || (given.run_id && given.run_id !== run_id)) throw notContained(source);
    const found = await runRecord(host, run_id);
    if (found === undefined) return fromElsewhere(host, { ...imported, run_id });
    return { imported: { ...imported, run_id }, artifact: await uploaded(host, `${found.artifacts}/${path}`, source) };
  }
  // With a host's name it is that host's.
  const own = /^mlflow-artifacts:(?:\/|\/{3,})([^/].*)$/.exec(source)?.[1];
  if (own === undefined)
    return source.startsWith("mlflow-artifacts:")
      ? fromElsewhere(host, imported)
      : { imported: { ...imported, download: source } };
  const [, name, version] = /^registry\/([^/]+)\/(\d+)\/?$/.exec(own) ?? [];
  if (name !== undefined && version !== undefined) return copyOf(host, imported, name, version);
  const uploadedBy = /^0\/([0-9a-f]{32})\/artifacts(?:\/|$)/.exec(own)?.[1] ?? given.run_id;
  const isOurs = (await hasUploads(host, own)) || (uploadedBy && (await runRecord(host, uploadedBy)) !== undefined);
  if (!isOurs) return fromElsewhere(host, imported);
  return { imported, artifact: await uploaded(host, own, source) };
}

/** What another server has: brought here if the operator named that server, otherwise known by its address. */
async function fromElsewhere(host: MlflowHost, imported: Omit<Imported, "act">): Promise<ResolvedSource> {
  const known = { imported: { ...imported, download: imported.source } };
  if (host.tracking === undefined) return known;
  const folder = join(host.uploads, LEFTOVERS.copies, randomUUID());
  try {
    if (!(await host.tracking.bring(imported.source, folder))) return known;
    return { imported, artifact: await host.ports.store.putFolder(folder) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function hasUploads(host: MlflowHost, path: string): Promise<boolean> {
  const clean = path.replace(/\/+$/, "");
  if (!isSafePath(clean) || clean.startsWith(".")) throw invalid(`Invalid model version source: '${path}'.`);
  return (await stat(join(host.uploads, clean)).catch(() => undefined)) !== undefined;
}

async function copyOf(
  host: MlflowHost,
  imported: Omit<Imported, "act">,
  name: string,
  written: string,
): Promise<ResolvedSource> {
  const { model, version } = await servedVersion(host, decodeURIComponent(name), written);
  const { facts } = version;
  const run_id = imported.run_id ?? shownRunId(model, version);
  const about = {
    ...imported,
    ...(run_id === undefined ? {} : { run_id }),
    origin: { model: model.name, version: facts.version },
  };
  const download = facts.imported?.download;
  if (download !== undefined) return { imported: { ...about, download } };
  return { imported: about, artifact: (await readManifest(host, version)).artifact };
}

async function uploaded(host: MlflowHost, path: string, source: string): Promise<Artifact> {
  const clean = path.replace(/\/+$/, "");
  if (!isSafePath(clean)) throw invalid(`Invalid model version source: '${source}'.`);
  const folder = join(host.uploads, clean);
  const about = await stat(folder).catch(() => undefined);
  if (!about?.isDirectory())
    throw invalid(
      `Invalid model version source: '${source}'. Nothing was uploaded there: log the model's artifacts to this server first.`,
    );
  return host.ports.store.putFolder(folder);
}

/** A path of this machine would hand out its files to whoever asks. */
function refuseLocal(source: string): void {
  if (!/^([a-z][a-z0-9+.-]*):/i.test(source) || /^file:/i.test(source))
    throw invalid(
      `Invalid model version source: '${source}'. To use a local path as a model version source, the run_id request parameter has to be specified and the local path has to be contained within the artifact directory of the run specified by the run_id.`,
    );
}

function refuseRelative(source: string): void {
  let plain = source;
  for (let turn = 0; turn < 10 && /%[0-9a-f]{2}/i.test(plain); turn += 1) {
    try {
      plain = decodeURIComponent(plain);
    } catch {
      break;
    }
  }
  if (plain.includes("\0") || plain.split("/").some((part) => part === ".." || part === "."))
    throw invalid(
      `Invalid model version source: '${source}'. If supplying a source as an http, https, local file path, ftp, objectstore, or mlflow-artifacts uri, an absolute path must be provided without relative path references present. Please provide an absolute path.`,
    );
}

function notContained(source: string) {
  return invalid(
    `Invalid model version source: '${source}'. The run_id request parameter must identify the resource that contains the source.`,
  );
}
