import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { isSound, looksDamaged } from "./damage.ts";
import { type Mirror, type MirrorOptions, openMirror } from "./mirror.ts";

interface Entry {
  opened: Promise<Mirror>;
  folder: string;
  users: number;
  /** To be closed when nobody uses it any more. */
  dropped: boolean;
}

/** A mirror in use. */
export interface Lease {
  mirror: Mirror;
  /** Give it back, with what went wrong: a damaged mirror is looked at, and cloned again, before it is used next. */
  release(error?: unknown): Promise<void>;
}

/** Half-made clones of an App that was killed, older than any clone takes. */
const LEFT_AFTER = 6 * 3_600_000;

/** Removes what a killed App left in the folder of mirrors. */
export async function sweepMirrors(folder: string, now = Date.now()): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    if (!/\.git\.[0-9a-f-]{36}$/.test(name)) continue;
    const about = await stat(join(folder, name)).catch(() => undefined);
    if (about && now - about.mtimeMs > LEFT_AFTER) await rm(join(folder, name), { recursive: true, force: true });
  }
}

/**
 * The mirrors of one state folder. A mirror is opened when it is first needed, and shared. If too many are open, the
 * least used one is closed.
 */
export class Mirrors {
  readonly #limit: number;
  readonly #entries = new Map<string, Entry>();
  readonly #suspects = new Set<string>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get open(): number {
    return this.#entries.size;
  }

  /** Rejects with REMOTE_FAILED if it has to be cloned and cannot be. */
  async use(options: MirrorOptions): Promise<Lease> {
    const key = [options.folder, options.url, options.defaultBranch].join("\n");
    const entry = this.#entries.get(key) ?? this.#enter(options);
    // The last in the map was used last.
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    entry.users += 1;
    const release = (error?: unknown) => this.#release(key, entry, error);
    try {
      const mirror = await entry.opened;
      await this.#closeUnused();
      return { mirror, release };
    } catch (error) {
      entry.dropped = true;
      await release(error);
      throw error;
    }
  }

  /** Ends every Git process; those in use when they are given back. */
  async close(): Promise<void> {
    for (const [key, entry] of this.#entries) {
      entry.dropped = true;
      if (entry.users === 0) await this.#close(key, entry);
    }
  }

  #enter(options: MirrorOptions): Entry {
    const { folder } = options;
    const opened = this.#suspects.delete(folder)
      ? isSound(folder).then(async (whole) => {
          if (!whole) await rm(folder, { recursive: true, force: true });
          return openMirror(options);
        })
      : openMirror(options);
    return { opened, folder, users: 0, dropped: false };
  }

  async #release(key: string, entry: Entry, error: unknown): Promise<void> {
    entry.users -= 1;
    if (looksDamaged(error)) {
      this.#suspects.add(entry.folder);
      entry.dropped = true;
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
    }
    if (entry.dropped && entry.users === 0) await this.#close(key, entry);
  }

  async #closeUnused(): Promise<void> {
    for (const [key, entry] of this.#entries) {
      if (this.#entries.size <= this.#limit) return;
      if (entry.users === 0) await this.#close(key, entry);
    }
  }

  async #close(key: string, entry: Entry): Promise<void> {
    if (this.#entries.get(key) === entry) this.#entries.delete(key);
    await entry.opened.then(
      (mirror) => mirror.close(),
      () => {},
    );
  }
}
