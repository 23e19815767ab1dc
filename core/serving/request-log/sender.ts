import { mkdtemp, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { SlipwayError } from "../../errors.ts";
import type { NamedStore } from "../../stores/named.ts";
import type { DroppedRows } from "./log-state.ts";
import { endOf, objectName, parseObjectName } from "./object-name.ts";
import { abandonedFolders, removeEmpty, type Spooled, spooledIn, spoolPath } from "./spool-folder.ts";
import { keepWholeLines, toParquet } from "./to-parquet.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 5 * 60_000;

interface SenderOptions {
  store: NamedStore;
  /** The folder of all processes' folders, and this process's own. */
  spool: string;
  folder: string;
  /** Milliseconds; undefined keeps for good. */
  keep: number | undefined;
  clock: () => number;
  dropped: DroppedRows;
  /** So many bytes of the own folder wait no more. */
  onGone: (bytes: number) => void;
}

/** Brings files of rows into the store, each whole or not at all, one after another, and removes what is too old there. */
export class Sender {
  readonly #options: SenderOptions;
  readonly #waiting: Spooled[] = [];
  #pause = 0;
  #nextAt = Number.NEGATIVE_INFINITY;
  #adoptAt = Number.NEGATIVE_INFINITY;
  #removeAt = Number.NEGATIVE_INFINITY;
  sent = 0;
  problem: string | undefined;
  /** Rows that no try will read. */
  #unreadable: string | undefined;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  add(files: readonly Spooled[]): void {
    this.#waiting.push(...files);
  }

  /** Takes over what processes left that have ended. */
  async adopt(): Promise<void> {
    if (this.#options.clock() < this.#adoptAt) return;
    this.#adoptAt = this.#options.clock() + MINUTE;
    for (const folder of await abandonedFolders(this.#options.spool)) {
      const known = new Set(this.#waiting.map(({ path }) => path));
      const files = await spooledIn(folder);
      this.add(files.filter(({ path }) => !known.has(path)));
      if (files.length === 0) await removeEmpty(folder);
    }
  }

  /** Sends what waits, until the store fails; then it waits longer each time. */
  async send(signal?: AbortSignal): Promise<void> {
    if (this.#options.clock() < this.#nextAt) return;
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      try {
        await this.#sendOne(next, signal);
        this.#succeeded();
      } catch (error) {
        if (signal?.aborted) return;
        this.#failed(error);
        return;
      }
      this.#waiting.shift();
    }
  }

  /** Removes objects whose hour ended longer ago than the policy keeps them. Twice is once, whoever does it. */
  async removeOld(signal?: AbortSignal): Promise<void> {
    const { store, keep, clock } = this.#options;
    if (keep === undefined || clock() < this.#removeAt) return;
    // Soon again, unless it comes to its end.
    this.#removeAt = clock() + MINUTE;
    for (const name of await store.list("", { signal })) {
      const file = parseObjectName(name);
      if (file === undefined || endOf(file.hour) + keep >= clock()) continue;
      const removal = await store.remove(name, { signal });
      if (removal.outcome === "owner") {
        this.problem = `only the store's owner can remove what is too old: ${removal.command}`;
        break;
      }
    }
    this.#removeAt = clock() + HOUR;
  }

  async #sendOne(next: Spooled, signal: AbortSignal | undefined): Promise<void> {
    const { store } = this.#options;
    if (!(await this.#isParquet(next, signal))) return;
    const { path, file } = next;
    const content = await readFile(path).catch((error: NodeJS.ErrnoException) => {
      // Another process that starts has taken over the same, and was quicker.
      if (error.code === "ENOENT") return undefined;
      throw error;
    });
    if (content !== undefined) {
      await store.put(objectName(file), content, { signal });
      this.sent += 1;
    }
    // What a killed process had made Parquet of may still stand there.
    await rm(spoolPath(dirname(path), file, "jsonl"), { force: true });
    await rm(path, { force: true });
    await this.#gone(next);
  }

  /** Makes Parquet of rows, in their place. Resolves to whether there is any. */
  async #isParquet(next: Spooled, signal: AbortSignal | undefined): Promise<boolean> {
    const { path, file, bytes } = next;
    const parquet = spoolPath(dirname(path), file, "parquet");
    if (path === parquet) return true;
    try {
      if (await this.#convert(path, parquet, signal)) {
        next.path = parquet;
        next.bytes = (await stat(parquet)).size;
        await rm(path, { force: true });
        this.#shrunk(next, bytes - next.bytes);
        return true;
      }
      await rm(path, { force: true });
    } catch (error) {
      // Another process that starts has taken over the same, and was quicker.
      if (await isThere(path)) await this.#setApart(path, error);
    }
    await this.#gone(next);
    return false;
  }

  /** Rows that no try will read would hold up what comes behind them. Rejects with the error if it is of another kind. */
  async #setApart(path: string, error: unknown): Promise<void> {
    if (!isOfContent(error)) throw error;
    this.#options.dropped.failed += await countLines(path);
    await rename(path, `${path}.unreadable`);
    this.#unreadable = `${path}.unreadable cannot be read: ${(error as Error).message}`;
  }

  async #gone(next: Spooled): Promise<void> {
    this.#shrunk(next, next.bytes);
    if (dirname(next.path) !== this.#options.folder) await removeEmpty(dirname(next.path));
  }

  #shrunk({ path }: Spooled, bytes: number): void {
    if (dirname(path) === this.#options.folder) this.#options.onGone(bytes);
  }

  async #convert(path: string, parquet: string, signal: AbortSignal | undefined): Promise<boolean> {
    if (!(await isThere(path)) || !(await keepWholeLines(path))) return false;
    const work = await mkdtemp(join(dirname(parquet), "work-"));
    try {
      const made = join(work, "rows.parquet");
      await toParquet(path, made, work, signal);
      await rename(made, parquet);
      return true;
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }

  #succeeded(): void {
    this.#pause = 0;
    this.#nextAt = Number.NEGATIVE_INFINITY;
    this.problem = this.#unreadable;
  }

  #failed(error: unknown): void {
    this.#pause = Math.min(Math.max(this.#pause * 2, FIRST_PAUSE), LONGEST_PAUSE);
    this.#nextAt = this.#options.clock() + this.#pause;
    this.problem =
      error instanceof SlipwayError ? `${error.code}: ${error.message}` : `the request log cannot be sent: ${error}`;
  }
}

/** Whether the rows themselves are at fault, and not the disk, the memory or whoever interrupted. */
function isOfContent(error: unknown): boolean {
  if (error instanceof SyntaxError || error instanceof z.ZodError) return true;
  return error instanceof Error && /malformed json|invalid input error/i.test(error.message);
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function countLines(path: string): Promise<number> {
  const bytes = await readFile(path).catch(() => Buffer.alloc(0));
  let lines = 0;
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) lines += 1;
  return Math.max(lines - 1, 0);
}
