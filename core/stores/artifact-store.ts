import { createHash } from "node:crypto";
import { copyFile, mkdir, open, readdir, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Artifact, StoredFile } from "../../schemas/manifest.ts";
import { canonicalJson, sha256 } from "../canonical.ts";
import { soundFiles } from "./artifact.ts";
import type { Blob, BlobSource, Blobs } from "./blobs.ts";
import { guarded } from "./failures.ts";
import { listFolder } from "./listing.ts";
import type { Patience } from "./patience.ts";
import { Count } from "./progress.ts";
import { fileSource, letGo, writePieces } from "./source.ts";
import type { ArtifactStore, StoredState, StoreOptions } from "./store.ts";

/** The store that a backend makes: folders as lists of files, every digest checked, equal files once, nothing left half. */
export function artifactStore(blobs: Blobs, usual: StoreOptions = {}): ArtifactStore {
  const patienceFor = ({ signal = usual.signal, timeout = usual.timeout }: StoreOptions = {}) =>
    blobs.patience({ signal, timeout });

  /** One operation, with whoever waits for it. */
  async function within<T>(options: StoreOptions | undefined, act: (patience: Patience) => Promise<T>): Promise<T> {
    const patience = patienceFor(options);
    try {
      return await guarded(() => act(patience));
    } finally {
      patience.end();
    }
  }

  async function* streamWithin<T>(
    options: StoreOptions | undefined,
    act: (patience: Patience) => AsyncIterable<T>,
  ): AsyncGenerator<T> {
    const patience = patienceFor(options);
    try {
      const items = act(patience)[Symbol.asyncIterator]();
      try {
        for (let next = await guarded(() => items.next()); !next.done; next = await guarded(() => items.next()))
          yield next.value;
      } finally {
        await items.return?.();
      }
    } finally {
      patience.end();
    }
  }

  /** As many as the store takes at once. After a failure the others are interrupted, and nothing goes on behind it. */
  async function each<T>(patience: Patience, items: Iterable<T>, act: (item: T) => Promise<void>): Promise<void> {
    const rest = items[Symbol.iterator]();
    const failures: unknown[] = [];
    const work = async () => {
      for (let next = rest.next(); !next.done && failures.length === 0; next = rest.next()) {
        await act(next.value).catch((error) => {
          failures.push(error);
          patience.end();
        });
      }
    };
    await Promise.all(Array.from({ length: blobs.atOnce }, work));
    if (failures.length > 0) throw failures[0];
  }

  async function put(patience: Patience, source: BlobSource, size: number, count: Count): Promise<Blob> {
    const counted = count.blob(size);
    const blob = await blobs.put(count.source(source, counted), patience);
    counted.end();
    return blob;
  }

  /** A blob's bytes, whose end rejects with ARTIFACT_CORRUPT if they are others. */
  async function* checked(patience: Patience, wanted: Blob, count: Count): AsyncGenerator<Buffer> {
    const chunks = await blobs.open(wanted.sha256, {}, patience);
    if (chunks === undefined) throw blobs.missing(wanted.sha256);
    const hash = createHash("sha256");
    const counted = count.blob(wanted.size);
    let size = 0;
    for await (const chunk of chunks) {
      hash.update(chunk);
      size += chunk.length;
      if (size > wanted.size) break;
      yield chunk;
      counted.at(size);
    }
    if (size !== wanted.size || hash.digest("hex") !== wanted.sha256) throw blobs.corrupt(wanted.sha256);
  }

  async function get(patience: Patience, wanted: Blob, target: string, count: Count): Promise<void> {
    const chunks = checked(patience, wanted, count);
    // What is missing is known before anything stands at the target.
    const first = await chunks.next();
    try {
      const output = await open(target, "wx", 0o644);
      try {
        await writePieces(patience, output, following(first, chunks));
      } finally {
        letGo(output.close());
      }
    } catch (error) {
      // What was there before is somebody else's.
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") await rm(target, { force: true });
      throw error;
    } finally {
      await chunks.return(undefined);
    }
  }

  /** The state of all that an object is made of: a folder's list and each of its files, equal ones once. */
  async function wholeState(
    patience: Patience,
    wanted: StoredFile | Artifact,
    look: (each: Blob) => Promise<StoredState>,
  ): Promise<StoredState> {
    const states = new Set<StoredState>();
    const note = async (state: StoredState) => {
      const why = state === "missing" ? await blobs.elsewhere?.(patience) : undefined;
      if (why) throw why;
      states.add(state);
    };
    const parts = partsOf(wanted);
    if (parts === undefined) return "corrupt";
    if ("files" in wanted) {
      const list = await blobs.list(wanted.sha256, patience);
      await note(list === undefined ? "missing" : sha256(list) === wanted.sha256 ? "ok" : "corrupt");
    }
    const isSettled = () => states.has("missing") || states.has("corrupt");
    await each(patience, parts, async (part) => (isSettled() ? undefined : note(await look(part))));
    return states.has("missing") ? "missing" : states.has("corrupt") ? "corrupt" : "ok";
  }

  return {
    putFolder: (folder, options) =>
      within(options, async (patience) => {
        const listed = await patience.call(() => listFolder(folder));
        const count = new Count(
          listed.reduce((sum, { size }) => sum + size, 0),
          options?.onProgress,
        );
        const found = new Map<string, Blob>();
        await each(patience, listed, async ({ path, size }) => {
          found.set(path, await put(patience, fileSource(join(folder, path), patience), size, count));
        });
        const files = listed.map(({ path }) => ({ path, ...(found.get(path) as Blob) }));
        const list = Buffer.from(canonicalJson(files));
        const whole = { sha256: sha256(list), size: files.reduce((sum, file) => sum + file.size, 0) };
        const source = ({ path }: { path: string }) => fileSource(join(folder, path), patience);
        const place = await blobs.keep({ folder: whole, list, files, source, about: options?.about }, patience);
        return { ...place, ...whole, files };
      }),

    putFile: (file, options) =>
      within(options, async (patience) => {
        const { size } = await patience.call(() => stat(file));
        const blob = await put(patience, fileSource(file, patience), size, new Count(size, options?.onProgress));
        const { uri } = await blobs.keep({ file: blob, name: basename(file), about: options?.about }, patience);
        return { uri, ...blob };
      }),

    getFolder: (artifact, target, options) =>
      within(options, async (patience) => {
        const files = soundFiles(artifact);
        await mkdir(target, { recursive: true });
        if ((await readdir(target)).length > 0) throw new Error(`not an empty folder: ${target}`);
        const count = new Count(artifact.size, options?.onProgress);
        const equal = new Map<string, typeof files>();
        for (const file of files) {
          const key = `${file.sha256} ${file.size}`;
          equal.set(key, [...(equal.get(key) ?? []), file]);
        }
        try {
          await each(patience, equal.values(), async ([first, ...copies]) => {
            if (first === undefined) return;
            for (const { path } of [first, ...copies]) await mkdir(dirname(join(target, path)), { recursive: true });
            await get(patience, first, join(target, first.path), count);
            for (const { path, size } of copies) {
              await copyFile(join(target, first.path), join(target, path));
              count.blob(size).end();
            }
          });
        } catch (error) {
          await rm(target, { recursive: true, force: true });
          throw error;
        }
      }),

    getFile: (file, target, options) =>
      within(options, (patience) => get(patience, file, target, new Count(file.size, options?.onProgress))),

    read: (file, range = {}, options = {}) =>
      streamWithin(options, async function* (patience) {
        const { start = 0 } = range;
        const end = Math.min(range.end ?? file.size, file.size);
        if (start === 0 && end === file.size)
          return yield* checked(patience, file, new Count(file.size, options.onProgress));
        // A range that is empty, or begins behind the end, is no request that every server answers.
        const isEmpty = start >= end;
        const chunks = isEmpty ? undefined : await blobs.open(file.sha256, { start, end }, patience);
        if (chunks) yield* chunks;
        else if (!isEmpty || (await blobs.size(file.sha256, patience)) === undefined) throw blobs.missing(file.sha256);
      }),

    has: (wanted, options) =>
      within(options, (patience) =>
        wholeState(patience, wanted, async (part) => {
          const size = await blobs.size(part.sha256, patience);
          return size === undefined ? "missing" : size === part.size ? "ok" : "corrupt";
        }),
      ),

    verify: (wanted, options) =>
      within(options, (patience) => {
        const count = new Count(wanted.size, options?.onProgress);
        return wholeState(patience, wanted, async (part) => {
          try {
            for await (const _ of checked(patience, part, count));
            return "ok";
          } catch (error) {
            const code = (error as { code?: unknown }).code;
            if (code === "ARTIFACT_MISSING") return "missing";
            if (code === "ARTIFACT_CORRUPT") return "corrupt";
            throw error;
          }
        });
      }),

    list: (options) => streamWithin(options, (patience) => blobs.stored(patience)),
    remove: (stored, before, options) => within(options, (patience) => blobs.remove(stored, before, patience)),
  };
}

async function* following<T>(first: IteratorResult<T>, rest: AsyncGenerator<T>): AsyncGenerator<T> {
  for (let next = first; !next.done; next = await rest.next()) yield next.value;
}

/** The blobs of a file, or of a folder's files, equal ones once; undefined if the record is not sound. */
function partsOf(wanted: StoredFile | Artifact): Blob[] | undefined {
  if (!("files" in wanted)) return [wanted];
  try {
    return [...new Map(soundFiles(wanted).map((file) => [`${file.sha256} ${file.size}`, file])).values()];
  } catch {
    return undefined;
  }
}
