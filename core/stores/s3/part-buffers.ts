/** Bytes of a part, and of what is put whole at most. 8 MiB in 10,000 parts are more than an artifact may have. */
export const PART = 8 * 1024 * 1024;
/** Parts on their way at once, of all blobs of a store. */
const AT_ONCE = 4;

/** The memory that parts are held in while they are on their way: so much, and no more. */
export class PartBuffers {
  readonly #free: Buffer<ArrayBuffer>[] = [];
  readonly #waiting: ((buffer: Buffer<ArrayBuffer>) => void)[] = [];
  #made = 0;

  /** Waits for its turn. */
  async take(): Promise<Buffer<ArrayBuffer>> {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    if (this.#made < AT_ONCE) {
      this.#made += 1;
      return Buffer.allocUnsafe(PART);
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  giveBack(buffer: Buffer<ArrayBuffer>): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(buffer);
    else next(buffer);
  }
}
