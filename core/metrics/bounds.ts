/**
 * The bounds of a value at a one-sided level, between 0 and 0.5: the true value is below `low` with at most that
 * probability, and above `high` with at most that probability. A bound is absent where the rows cannot give one; with
 * a `reason`, there is no interval at this level and at any stricter one.
 */
export type Bounds = (level: number) => { low?: number; high?: number; reason?: string };

/** How many rows were drawn from, and how many rows, groups or blocks a draw is made of. */
export interface Around {
  n: number;
  units: number;
}
