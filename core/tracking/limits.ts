/** What of a program's own logging is read: more of it costs nothing, is left out, and is told. */
export const LIMITS = {
  experiments: 50,
  /** Runs that are looked at, and the first of them by start that are kept. */
  runsSeen: 1_000,
  runs: 100,
  params: 1_000,
  tags: 500,
  /** Curves of all runs. */
  curves: 1_000,
  /** Points that a record holds: of a curve, and of all. */
  curvePoints: 500,
  points: 20_000,
  name: 250,
  word: 1_000,
  /** Bytes of a curve's file and of all such files; what stands after them is not read. */
  fileBytes: 64 * 1024 ** 2,
  allBytes: 256 * 1024 ** 2,
  /** Bytes of one record of an event file that is read: pictures and graphs are larger, and are passed over. */
  recordBytes: 256 * 1024,
  artifacts: 100,
  artifactBytes: 100 * 1024 ** 2,
  /** Entries of folders that are looked at in search of files, and how deep. */
  entries: 20_000,
  depth: 12,
} as const;

/** Sentences on what was left out: each once, the first twenty. */
export class LeftOut {
  readonly #sentences = new Set<string>();

  say(sentence: string): void {
    if (this.#sentences.size < 20) this.#sentences.add(sentence.slice(0, 300));
  }

  sentences(): string[] {
    return [...this.#sentences];
  }
}
