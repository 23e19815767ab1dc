/** From so many expected rows on, the normal approximation holds in its tail too. */
const MANY = 10;

/**
 * Whether so many rows can be more than chance brings, if so many are expected. Where few are, chance's tail is longer than the normal
 * approximation says: one row of thirty where none is expected would be proof. Five rows and twice as many as expected have a
 * probability under 0.0003, whatever is expected (Poisson).
 */
export function isBeyondChance(found: number, expected: number): boolean {
  return expected >= MANY || found >= 5 + 2 * expected;
}
