/**
 * The bounds of a value at a one-sided level, between 0 and 0.5: the true value is below `low` with at most that
 * probability, and above `high` with at most that probability. A bound is absent where the rows cannot give one.
 */
export type Bounds = (level: number) => { low?: number; high?: number };

/** A statistic on each draw. */
export interface Drawn {
  values: Float64Array;
  /** Standard errors, for studentized intervals. */
  errors: Float64Array;
}

/** How many rows were drawn from, and how many rows, groups or blocks a draw is made of. */
export interface Around {
  n: number;
  units: number;
}
