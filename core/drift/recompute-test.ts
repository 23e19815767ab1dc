import type { DriftTest } from "../../schemas/monitoring.ts";
import { isBeyondChance } from "./beyond-chance.ts";
import { chiSquare, total } from "./chi-square.ts";
import { psi } from "./psi.ts";
import { twoProportions } from "./two-proportions.ts";

/**
 * Effect, p and verdict of a test, from its counts, level and least effect alone: whoever holds a record can tell whether it was
 * decided right.
 */
export function recomputeTest(
  test: Pick<DriftTest, "what" | "reference" | "current" | "level" | "least">,
): Pick<DriftTest, "effect" | "p" | "drifted"> {
  const { reference, current, level, least } = test;
  if (test.what === "distribution") {
    const [effect, { degrees, p }] = [psi({ reference, current }), chiSquare({ reference, current })];
    // Chance alone has a PSI of so much, on average: it is no part of what moved.
    const chance = degrees * (1 / total(reference) + 1 / total(current));
    return { effect, p, drifted: p < level && effect >= least + chance };
  }
  const [a, withoutA, b, withoutB] = [reference[0] ?? 0, reference[1] ?? 0, current[0] ?? 0, current[1] ?? 0];
  const [then, now] = [
    { hits: a, rows: a + withoutA },
    { hits: b, rows: b + withoutB },
  ];
  const { p } = twoProportions(then, now);
  const [share, before] = [shareOf(now), shareOf(then)];
  const effect = Math.abs(share - before);
  const isSeen = share > before ? isBeyondChance(b, before * now.rows) : isBeyondChance(a, share * then.rows);
  return { effect, p, drifted: p < level && effect >= least && isSeen };
}

function shareOf({ hits, rows }: { hits: number; rows: number }): number {
  return rows === 0 ? 0 : hits / rows;
}
