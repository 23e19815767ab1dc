import type { BlobSource } from "./blobs.ts";
import type { Progress } from "./store.ts";

/** Counts an operation's bytes and tells of them. A blob that begins again, or that was there already, never counts back. */
export class Count {
  readonly #tell: ((event: Progress) => void) | undefined;
  readonly #total: number;
  #done = 0;

  constructor(total: number, tell: ((event: Progress) => void) | undefined) {
    this.#total = total;
    this.#tell = tell;
  }

  /** One blob of `size` bytes: told how far it is, each time. */
  blob(size: number): { at(position: number): void; end(): void } {
    let best = 0;
    const at = (position: number) => {
      const more = Math.min(position, size) - best;
      if (more <= 0) return;
      best += more;
      this.#done += more;
      this.#tell?.({ done: this.#done, total: this.#total });
    };
    return { at, end: () => at(size) };
  }

  /** The source, counted as it is opened and read. */
  source(source: BlobSource, blob: { at(position: number): void }): BlobSource {
    return {
      digest: (also) => source.digest(also),
      async *open(range = {}) {
        let position = range.start ?? 0;
        for await (const chunk of source.open(range)) {
          yield chunk;
          position += chunk.length;
          blob.at(position);
        }
      },
    };
  }
}
