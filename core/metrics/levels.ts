/**
 * One-sided error rates at which every evaluation and every comparison keeps bounds, the loosest first. A gate takes the
 * next stricter one, so that a later change of the policy finds what it needs.
 */
export const LEVELS: readonly number[] = [0.1, 0.05, 0.025, 0.01, 0.005, 0.0025, 0.001, 0.0005];

/** The level of the two-sided 95 % interval that reports show. */
export const SHOWN_LEVEL = 0.025;

// A level such as (1 − 0.95) ÷ 20 carries binary rounding.
const ROUNDING = 1e-9;

/** The loosest of LEVELS that is at least as strict as `level`; undefined if none is. */
export function levelFor(level: number): number | undefined {
  return LEVELS.find((each) => each <= level * (1 + ROUNDING));
}
