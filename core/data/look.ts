import { open, stat } from "node:fs/promises";
import { join } from "node:path";
import { constants, gunzipSync } from "node:zlib";
import type { DataLock } from "../../schemas/data-record.ts";
import type { Problem } from "../../schemas/problem.ts";
import { SlipwayError } from "../errors.ts";
import { pinnedFiles, readDataLock } from "../plan/data-lock.ts";
import { codeFiles, dataLocations, type LocatedData, locateData } from "../plan/inputs.ts";
import { isLfsPointer, MAX_POINTER } from "../source/lfs.ts";
import type { SourceTree } from "../source/tree.ts";
import { fileFormatOf } from "../spec/file-format.ts";
import type { LoadedModel } from "../spec/project.ts";
import { CsvLines } from "./csv-lines.ts";
import { headProblem } from "./head.ts";
import { regularFile } from "./locate.ts";

const HEAD_BYTES = 64 * 1024;
const MAX_READ = 16 * 1024 * 1024;

export interface Looked {
  problems: Problem[];
  warnings: Problem[];
}

/**
 * What a look at the beginning of a model's data files tells, before anything runs: a file that is not what its name says.
 * A file that is not there yet is a warning, and so is a URI that no lock pins. `root` is the work tree that `tree` reads; a
 * commit's files are looked at up to 16 MiB.
 */
export async function lookAtData(model: LoadedModel, tree: SourceTree, root: string | undefined): Promise<Looked> {
  const looked: Looked = { problems: [], warnings: [] };
  const located = await locateData(model, tree).catch((error: unknown) => {
    if (!(error instanceof SlipwayError)) throw error;
    looked[error.code === "DATA_MISSING" ? "warnings" : "problems"].push(...error.problems);
    return [] as LocatedData[];
  });
  for (const path of new Set(located.flatMap(({ paths }) => paths))) {
    try {
      looked.problems.push(...(await lookAtFile(path, tree, root)));
    } catch (error) {
      if (!(error instanceof SlipwayError)) throw error;
      looked.problems.push(...error.problems);
    }
  }
  const pins = await lookAtPins(model, tree);
  looked.problems.push(...pins.problems);
  looked.warnings.push(...pins.warnings, ...(await lookAtCode(model, tree, root)));
  return looked;
}

/** What the lock says of the URIs: nothing is fetched. */
async function lookAtPins(model: LoadedModel, tree: SourceTree): Promise<Looked> {
  const looked: Looked = { problems: [], warnings: [] };
  const uris = dataLocations(model).filter(({ kind }) => kind === "uri");
  if (uris.length === 0) return looked;
  try {
    const lock = await readDataLock(tree, model.folder);
    for (const { location, keys } of uris)
      looked.warnings.push(...unpinned(lock, location, { file: model.path, ...model.position(keys) }));
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error;
    looked.problems.push(...error.problems);
  }
  return looked;
}

function unpinned(lock: DataLock | undefined, uri: string, at: Pick<Problem, "file" | "line" | "column">): Problem[] {
  try {
    pinnedFiles(lock, uri, at);
    return [];
  } catch (error) {
    if (error instanceof SlipwayError && error.code === "DATA_NOT_PINNED") return [...error.problems];
    // The check of the spec says it of a URI that nothing reads.
    if (error instanceof SlipwayError && error.code === "UNSUPPORTED") return [];
    throw error;
  }
}

/** Files of `code` that user code would not find as they are meant: pointers of Git LFS, and submodules. */
async function lookAtCode(model: LoadedModel, tree: SourceTree, root: string | undefined): Promise<Problem[]> {
  const files = await codeFiles(model, tree).catch((error: unknown) => {
    if (error instanceof SlipwayError) return [];
    throw error;
  });
  const warnings: Problem[] = [];
  const warn = (message: string, expected: string, hint: string) =>
    warnings.push({ code: "DATA_UNREADABLE", message, expected, hint, file: model.path, ...model.position(["code"]) });
  for (const { path, kind } of files) {
    if (kind === "submodule")
      warn(
        `${path} is a submodule: user code finds an empty folder`,
        "files of this repository",
        "keep the files in this repository",
      );
    const isSmall = kind === "file" && root !== undefined && (await stat(join(root, path)).catch(() => undefined));
    if (!isSmall || isSmall.size > MAX_POINTER || !isLfsPointer((await headOf(path, tree, root)) ?? Buffer.alloc(0)))
      continue;
    warn(`${path} is a Git LFS pointer, not the file`, "the file itself", "install git-lfs and run `git lfs pull`");
  }
  return warnings;
}

async function lookAtFile(path: string, tree: SourceTree, root: string | undefined): Promise<Problem[]> {
  const { format, extension } = fileFormatOf(path);
  const bytes = await headOf(path, tree, root);
  if (bytes === undefined) return [];
  const packed = extension === ".csv.gz" ? unpacked(bytes) : undefined;
  const head = packed ?? bytes;
  const found =
    headProblem(head, format) ??
    (extension === ".csv.gz" && packed === undefined ? NOT_PACKED : undefined) ??
    (format === "csv" ? new CsvLines().take(head) : undefined);
  return found === undefined ? [] : [{ code: "DATA_UNREADABLE", ...found, file: path }];
}

const NOT_PACKED = {
  message: "The file is not packed with gzip.",
  expected: "gzip, as its name says",
  found: "something else",
  hint: "Name it .csv, or pack it.",
};

async function headOf(path: string, tree: SourceTree, root: string | undefined): Promise<Buffer | undefined> {
  if (root === undefined) {
    const content = await tree.read(path, MAX_READ).catch((error: unknown) => {
      if (error instanceof SlipwayError && error.code === "FILE_TOO_LARGE") return undefined;
      throw error;
    });
    return content?.subarray(0, HEAD_BYTES);
  }
  const place = await regularFile(root, path);
  if (place === undefined) return undefined;
  const file = await open(place);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function unpacked(bytes: Buffer): Buffer | undefined {
  try {
    return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 2 ** 28 }).subarray(0, HEAD_BYTES);
  } catch {
    return undefined;
  }
}
