/** One line of `npm run bench`: what people wait for, and what it was held to. */
export interface Measurement {
  what: string;
  /** How big the fixture was. */
  size: string;
  unit: "ms" | "s" | "1/s" | "calls" | "deliveries" | "MiB" | "kB" | "×";
  median: number;
  /** The nearest rank: with fewer than 20 runs, the slowest of them. */
  p95: number;
  /** Where the slowest few are what was promised on: then the target is theirs, not the median's. */
  p99?: number;
  runs: number;
  /** What the median has to be below, or of a rate (1/s) at least; absent if nothing was promised. */
  target?: number | undefined;
  /** What the time goes to, and would have to change to make it shorter. */
  bound: string;
  /** The process's largest memory so far, in MiB, where memory matters. */
  peakMiB?: number;
  /**
   * Another tool at the same work in the same run; the ratio is its median through ours (of rates, ours through its).
   * `atLeast` is what the ratio has to be; `over` says that it was stopped before it had done.
   */
  peer?: { what: string; median: number; ratio: number; atLeast?: number | undefined; over?: true };
}

export interface BenchOptions {
  /** The large fixtures too, which take minutes to build. */
  full: boolean;
  /** Empty, for this part alone; it goes with all that is in it. */
  folder: string;
}

/** A part: builds what it needs, measures, and ends what it started. */
export type Bench = (options: BenchOptions) => Promise<Measurement[]>;

export interface Timing {
  /** Milliseconds. */
  median: number;
  p95: number;
  runs: number;
}

/** Runs `work` once unmeasured, which warms up, then `runs` times; `at` counts from 0 and tells the runs apart. */
export async function repeat(runs: number, work: (at: number) => Promise<unknown>): Promise<Timing> {
  await work(0);
  const all: number[] = [];
  for (let at = 1; at <= runs; at += 1) all.push(await timed(() => work(at)));
  return timingOf(all);
}

/** Milliseconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

export function timingOf(all: readonly number[]): Timing {
  const sorted = [...all].sort((a, b) => a - b);
  return { median: rank(sorted, 0.5), p95: rank(sorted, 0.95), runs: sorted.length };
}

/** The nearest rank. */
export function rank(sorted: readonly number[], share: number): number {
  return sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
}

/** What was counted or weighed once, in the form of a timing. */
export function once(value: number): Timing {
  return { median: value, p95: value, runs: 1 };
}

/** The same in seconds. */
export function inSeconds({ median, p95, runs }: Timing): Timing & { unit: "s" } {
  return { unit: "s", median: median / 1_000, p95: p95 / 1_000, runs };
}
