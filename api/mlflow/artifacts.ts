import { randomUUID } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { isSafePath } from "../../core/stores/artifact.ts";
import type { Artifact } from "../../schemas/manifest.ts";
import { authorizeCaller } from "./authorize-caller.ts";
import { denied, invalid, missing } from "./errors.ts";
import type { Caller, MlflowHost } from "./host.ts";
import { readManifest, servedVersion } from "./look-up.ts";
import { LEFTOVERS } from "./sweep-leftovers.ts";
import { type BodyPace, timelyBody } from "./timely-body.ts";

/*
 * What `mlflow-artifacts:/…` stands for. `registry/<model>/<version>/…` are the files of a version, read from the store and
 * never written; everything else is where uploads wait.
 */

/** A line of 160 kbit/s is fast enough. */
const PATIENCE: BodyPace = { grace: 60_000, rate: 20_000 };

interface FileInfo {
  /** The last part of its path. */
  path: string;
  is_dir: boolean;
  file_size?: number;
}

/** Lists a folder. A file has nothing in it, as in MLflow. */
export async function listArtifacts(host: MlflowHost, asked: string): Promise<{ files?: FileInfo[] }> {
  const path = asked.replace(/\/+$/, "");
  if (path !== "" && !isSafePath(path)) throw invalid("Invalid path");
  const version = await registered(host, path);
  const files = version ? listed(version.artifact, version.inside) : await uploads(join(host.uploads, path));
  return files.length > 0 ? { files } : {};
}

/** A file's bytes. What comes from the store was checked against its digest on the way. */
export async function downloadArtifact(host: MlflowHost, path: string): Promise<{ size: number; stream: Readable }> {
  if (!isSafePath(path)) throw invalid("Invalid path");
  const version = await registered(host, path);
  if (version === undefined) return streamOf(join(host.uploads, path), path);
  const file = version.artifact.files.find((each) => each.path === version.inside);
  if (file === undefined) throw missing(`No such artifact: '${path}'`);
  const copy = join(host.uploads, LEFTOVERS.copies, randomUUID());
  await mkdir(dirname(copy), { recursive: true });
  try {
    await host.ports.store.getFile({ uri: "", sha256: file.sha256, size: file.size }, copy);
    const found = await streamOf(copy, path);
    // An open file can be read to its end after it has lost its name.
    found.stream.once("close", () => void rm(copy, { force: true }));
    return found;
  } catch (error) {
    await rm(copy, { force: true });
    throw error;
  }
}

/** Takes an upload. It appears under its name once it is whole. Rejects with INVALID_PARAMETER_VALUE over the limit. */
export async function uploadArtifact(
  host: MlflowHost,
  caller: Caller,
  path: string,
  body: ReadableStream<Uint8Array> | null,
): Promise<void> {
  checkWritable(path);
  await authorizeCaller(host, caller, "register");
  const partial = join(host.uploads, LEFTOVERS.partial, randomUUID());
  await mkdir(dirname(partial), { recursive: true });
  try {
    let size = 0;
    const limit = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        size += chunk.length;
        const tooLarge = size > host.maxUploadBytes;
        done(tooLarge ? invalid(`An artifact's file may have at most ${host.maxUploadBytes} bytes.`) : null, chunk);
      },
    });
    await pipeline(
      timelyBody(body, host.uploadPatience ?? PATIENCE),
      limit,
      createWriteStream(partial, { flags: "wx" }),
    );
    const target = join(host.uploads, path);
    await mkdir(dirname(target), { recursive: true });
    await rename(partial, target);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    if (["EISDIR", "ENOTDIR", "EEXIST", "ENOTEMPTY"].includes(code))
      throw invalid(`Invalid path: there is a file where '${path}' needs a folder, or a folder in its place.`);
    throw error;
  } finally {
    await rm(partial, { force: true });
  }
}

/** Deletes an upload, or a folder of them. What is registered stays. */
export async function deleteArtifact(host: MlflowHost, caller: Caller, path: string): Promise<void> {
  checkWritable(path);
  await authorizeCaller(host, caller, "register");
  await rm(join(host.uploads, path), { recursive: true, force: true });
}

/** Bytes: what the usual file systems take for a name, and for a path below the uploads. */
const MAX_NAME = 255;
const MAX_PATH = 1_024;

function checkWritable(path: string): void {
  if (!isSafePath(path) || path.startsWith(".")) throw invalid("Invalid path");
  const longest = Math.max(...path.split("/").map((part) => Buffer.byteLength(part)));
  if (longest > MAX_NAME || Buffer.byteLength(path) > MAX_PATH)
    throw invalid(`Invalid path: a name may have at most ${MAX_NAME} bytes, and a path ${MAX_PATH}.`);
  if (path === "registry" || path.startsWith("registry/"))
    throw denied("The files of a registered version never change: upload others, and register them.");
}

/** The version that a path is in, and the rest of the path; undefined if it is an upload's. */
async function registered(host: MlflowHost, path: string): Promise<{ artifact: Artifact; inside: string } | undefined> {
  if (path.startsWith(".")) throw invalid("Invalid path");
  const [, name = "", number = "", inside = ""] = /^registry\/([^/]+)\/(\d{1,15})(?:\/(.*))?$/s.exec(path) ?? [];
  if (name === "") {
    if (path === "registry" || path.startsWith("registry/")) throw missing(`No such artifact: '${path}'`);
    return undefined;
  }
  const { version } = await servedVersion(host, name, number);
  if (version.facts.imported?.download !== undefined)
    throw missing(`The files of this version are at ${version.facts.imported.download}`);
  return { artifact: (await readManifest(host, version)).artifact, inside };
}

function listed({ files }: Artifact, folder: string): FileInfo[] {
  const prefix = folder === "" ? "" : `${folder}/`;
  const found = new Map<string, FileInfo>();
  for (const { path, size } of files) {
    if (!path.startsWith(prefix)) continue;
    const [name = "", ...rest] = path.slice(prefix.length).split("/");
    if (rest.length === 0) found.set(name, { path: name, is_dir: false, file_size: size });
    else found.set(name, { path: name, is_dir: true });
  }
  return [...found.values()];
}

async function uploads(folder: string): Promise<FileInfo[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const found = entries
    .filter((entry) => !entry.name.startsWith(".") && (entry.isFile() || entry.isDirectory()))
    .map(async (entry): Promise<FileInfo> => {
      if (entry.isDirectory()) return { path: entry.name, is_dir: true };
      const { size } = await stat(join(folder, entry.name));
      return { path: entry.name, is_dir: false, file_size: size };
    });
  return (await Promise.all(found)).sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function streamOf(file: string, path: string): Promise<{ size: number; stream: Readable }> {
  const about = await stat(file).catch(() => undefined);
  if (!about?.isFile()) throw missing(`No such artifact: '${path}'`);
  return { size: about.size, stream: createReadStream(file) };
}
