import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { TrackedArtifact } from "../../schemas/tracked.ts";
import { filesBelow } from "./files-below.ts";
import type { FoundRun } from "./found-run.ts";
import { openRegular } from "./growing-file.ts";
import { type LeftOut, LIMITS } from "./limits.ts";

/** How many files and bytes may still be kept. */
export interface ArtifactsLeft {
  files: number;
  bytes: number;
}

/** Copies what a run logged as files into a folder: regular files, as many as may still be kept. Resolves to their list. */
export async function keepArtifacts(
  { logged }: FoundRun,
  folder: string,
  left: ArtifactsLeft,
  leftOut: LeftOut,
): Promise<TrackedArtifact[]> {
  const kept = new Map<string, TrackedArtifact>();
  for (const { folder: from, as } of logged) {
    for (const name of await filesBelow(from)) {
      const path = as === "" ? name : `${as}/${name}`;
      if (kept.has(path)) continue;
      const artifact =
        left.files > 0 && path.length <= LIMITS.word
          ? await keep(join(from, name), join(folder, path), left).catch(unlessOfSystem)
          : undefined;
      if (artifact === undefined) {
        leftOut.say(
          `Files that were logged are kept up to ${LIMITS.artifacts} and ${LIMITS.artifactBytes / 1024 ** 2} MiB in all: others were left out.`,
        );
        continue;
      }
      kept.set(path, { path, ...artifact });
      left.files -= 1;
      left.bytes -= artifact.size;
    }
  }
  return [...kept.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** A full disk, or a file in the place of another's folder, costs the file and not the rest. */
function unlessOfSystem(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code === undefined) throw error;
}

async function keep(from: string, to: string, left: ArtifactsLeft): Promise<Omit<TrackedArtifact, "path"> | undefined> {
  const file = await openRegular(from);
  if (file === undefined) return undefined;
  try {
    if ((await file.stat()).size > left.bytes) return undefined;
    await mkdir(dirname(to), { recursive: true });
    const hash = createHash("sha256");
    let size = 0;
    const source = file.createReadStream({ start: 0, end: left.bytes, autoClose: false });
    source.on("data", (chunk) => {
      hash.update(chunk);
      size += chunk.length;
    });
    await pipeline(source, createWriteStream(to, { flags: "wx", mode: 0o600 }));
    if (size <= left.bytes) return { size, sha256: hash.digest("hex") };
    // It grew while it was read.
    await rm(to);
    return undefined;
  } finally {
    await file.close();
  }
}
