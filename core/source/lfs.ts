import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { lstat, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { SlipwayError } from "../errors.ts";
import { gitEnvironment, runGit } from "../git/run.ts";

export const MAX_POINTER = 1024;
const MAX_CONTENT = 64 * 2 ** 30;
const START = "version https://git-lfs.github.com/spec/";

/** Whether bytes begin as a pointer of Git LFS does. */
export function isLfsPointer(content: Buffer): boolean {
  return content.subarray(0, START.length).toString("latin1") === START;
}

interface LfsPointer {
  /** SHA-256 of the content. */
  oid: string;
  size: number;
}

/** What a file's bytes stand for, where they are a pointer of Git LFS. */
export function lfsPointer(content: Buffer): LfsPointer | undefined {
  if (content.length > MAX_POINTER || !isLfsPointer(content)) return undefined;
  const text = content.toString("latin1");
  const oid = /^oid sha256:([0-9a-f]{64})$/m.exec(text)?.[1];
  const size = /^size (\d{1,15})$/m.exec(text)?.[1];
  return oid === undefined || size === undefined ? undefined : { oid, size: Number(size) };
}

/**
 * Writes what a pointer stands for to `target`, which must not be there. It is taken from the repository's own LFS objects;
 * where it is not among them and git-lfs is installed, that fetches it. Size and digest are held against the pointer.
 * Rejects with DATA_MISSING if the content is not to be had, DATA_CHANGED if it is another, FILE_TOO_LARGE over 64 GiB.
 */
export async function writeLfsContent(
  repository: { folder: string; commonFolder: string },
  path: string,
  pointer: LfsPointer,
  target: string,
): Promise<void> {
  if (pointer.size > MAX_CONTENT)
    throw new SlipwayError("FILE_TOO_LARGE", `${path} is too large`, {
      file: path,
      expected: `at most ${MAX_CONTENT} bytes`,
      found: `${pointer.size} bytes`,
    });
  const object = await objectPath(repository, pointer.oid);
  if (!(await isFile(object))) await fetchObject(repository.folder, path, pointer);
  if (!(await isFile(object)))
    throw new SlipwayError("DATA_MISSING", `${path} is kept in Git LFS, and its content is not here`, {
      file: path,
      expected: `the file that the pointer stands for (sha256 ${pointer.oid.slice(0, 12)}, ${pointer.size} bytes)`,
      found: "the pointer alone",
      hint: "Install git-lfs and run `git lfs pull`, or keep the file itself in Git.",
    });
  const hash = createHash("sha256");
  let size = 0;
  const check = new Transform({
    transform(chunk: Buffer, _, done) {
      size += chunk.length;
      hash.update(chunk);
      done(size > pointer.size ? changed(path) : null, chunk);
    },
  });
  try {
    await pipeline(createReadStream(object), check, createWriteStream(target, { flags: "wx" }));
    if (size !== pointer.size || hash.digest("hex") !== pointer.oid) throw changed(path);
  } catch (error) {
    await rm(target, { force: true });
    throw error;
  }
}

function changed(path: string): SlipwayError {
  return new SlipwayError("DATA_CHANGED", `${path} is not what its Git LFS pointer says`, {
    file: path,
    expected: "the pointer's sha256 and size",
    found: "other bytes among the LFS objects",
    hint: "Run `git lfs fsck`, then `git lfs pull`.",
  });
}

async function objectPath({ folder, commonFolder }: { folder: string; commonFolder: string }, oid: string) {
  const { stdout } = await runGit(folder, ["config", "--get", "lfs.storage"]);
  const storage = resolve(commonFolder, stdout.toString().trim() || "lfs");
  return join(storage, "objects", oid.slice(0, 2), oid.slice(2, 4), oid);
}

async function isFile(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined))?.isFile() ?? false;
}

/** Lets git-lfs bring an object among the repository's own. What it says and how it ends does not matter: what is there does. */
function fetchObject(folder: string, path: string, { oid, size }: LfsPointer): Promise<void> {
  return new Promise((resolve) => {
    const child = spawn("git", ["-C", folder, "lfs", "smudge", "--", path], {
      env: gitEnvironment(),
      stdio: ["pipe", "ignore", "ignore"],
      windowsHide: true,
    });
    child.on("error", () => resolve());
    child.on("close", () => resolve());
    child.stdin.on("error", () => {}).end(`${START}v1\noid sha256:${oid}\nsize ${size}\n`);
  });
}
