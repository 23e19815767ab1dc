import type { BrokenRule } from "../../schemas/monitoring.ts";
import { normalTail } from "./tails.ts";

/** Fewer rows than this, or a smaller share, break nothing: a client that tries something out is no alarm. */
const FEWEST = 5;
const LEAST_SHARE = 0.01;
/** How often chance alone may bring a share that is more than allowed, of one rule in one window. */
const LEVEL = 0.001;

/**
 * Whether enough rows of a window break a rule for it to count: five of them and one in a hundred; of a rule that a share may
 * break (`nulls: 0.05`), surely more than that, by a one-sided test of the share (normal approximation).
 */
export function isBroken({ count, rows, allowed = 0 }: Pick<BrokenRule, "count" | "rows" | "allowed">): boolean {
  if (rows === 0 || count < FEWEST || count / rows < LEAST_SHARE) return false;
  if (allowed === 0) return true;
  if (allowed >= 1) return false;
  const spread = Math.sqrt((allowed * (1 - allowed)) / rows);
  return normalTail((count / rows - allowed) / spread) < LEVEL;
}
