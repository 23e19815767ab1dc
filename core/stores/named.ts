import { SlipwayError } from "../errors.ts";
import type { Removal } from "./blobs.ts";
import { guarded } from "./failures.ts";
import type { Patience, Waiting } from "./patience.ts";

/** Bytes of an object at most: it is held in memory on its way. */
export const MOST_NAMED = 64 * 1024 * 1024;

/** Folders and a file's name with one extension, whose parts have no dots: a tag of a container registry can say it. */
const NAME = /^(?:[A-Za-z0-9_-]+\/)+[A-Za-z0-9_-]+\.[a-z0-9]+$/;
/** What a tag may have. */
const MOST_NAME = 128;

/**
 * Small objects under names that their writer chooses, beside what is addressed by content: reports of what happened, which
 * other tools find by their place. Every operation rejects as those of an ArtifactStore do, and with UNSUPPORTED for a name
 * that no store of every kind can have.
 */
export interface NamedStore {
  /** Resolves once the bytes are durable: the object is there whole or not at all, and replaces one of that name. */
  put(name: string, bytes: Buffer, waiting?: Waiting): Promise<void>;
  /** Undefined if there is none, or one of more bytes than `most`. Without `most` it rejects with STORE_FAILED beyond MOST_NAMED. */
  get(name: string, waiting?: Waiting & { most?: number }): Promise<Buffer | undefined>;
  /** Names that start with `prefix`, in no order. */
  list(prefix: string, waiting?: Waiting): Promise<string[]>;
  /** What is not there is removed already. */
  remove(name: string, waiting?: Waiting): Promise<Removal>;
  /** Where this machine has the object as a file, which whoever reads in place must not change; undefined if it has none. */
  locate(name: string, waiting?: Waiting): Promise<string | undefined>;
}

/** What a kind of store does by itself. */
export interface NamedObjects {
  patience(waiting: Waiting): Patience;
  put(name: string, bytes: Buffer, patience: Patience): Promise<void>;
  /** Of more than `most` bytes it reads no more than that. */
  get(name: string, most: number, patience: Patience): Promise<Buffer | "too-large" | undefined>;
  list(prefix: string, patience: Patience): AsyncIterable<string>;
  remove(name: string, patience: Patience): Promise<Removal>;
  /** Absent in a store that keeps no files on this machine. */
  locate?(name: string, patience: Patience): Promise<string | undefined>;
}

export function namedStore(objects: NamedObjects): NamedStore {
  async function within<T>(waiting: Waiting = {}, act: (patience: Patience) => Promise<T>): Promise<T> {
    const patience = objects.patience(waiting);
    try {
      return await guarded(() => act(patience));
    } finally {
      patience.end();
    }
  }
  return {
    put: (name, bytes, waiting) =>
      within(waiting, async (patience) => {
        refuseName(name);
        if (bytes.length > MOST_NAMED) throw new Error(`too large for ${name}: ${bytes.length} bytes`);
        await objects.put(name, bytes, patience);
      }),
    get: (name, waiting) =>
      within(waiting, async (patience) => {
        refuseName(name);
        const found = await objects.get(name, waiting?.most ?? MOST_NAMED, patience);
        if (found !== "too-large") return found;
        if (waiting?.most !== undefined) return undefined;
        throw new SlipwayError("STORE_FAILED", `The store's ${name} is larger than ${MOST_NAMED} bytes`);
      }),
    list: (prefix, waiting) =>
      within(waiting, async (patience) => {
        const found: string[] = [];
        for await (const name of objects.list(prefix, patience))
          if (isName(name) && name.startsWith(prefix)) found.push(name);
        return found;
      }),
    remove: (name, waiting) =>
      within(waiting, async (patience) => {
        refuseName(name);
        return objects.remove(name, patience);
      }),
    locate: (name, waiting) =>
      within(waiting, async (patience) => {
        refuseName(name);
        return objects.locate?.(name, patience);
      }),
  };
}

const isName = (name: string): boolean => NAME.test(name) && name.length <= MOST_NAME;

function refuseName(name: string): void {
  if (isName(name)) return;
  throw new SlipwayError("UNSUPPORTED", "A store cannot keep an object of this name", {
    expected: `at most ${MOST_NAME} letters, digits, - and _ in folders, and one extension`,
    found: name.slice(0, 300),
  });
}
