import type { TestSet, TestSetOverlap } from "../../schemas/test-set.ts";
import { sharedRows } from "./overlap.ts";

/** A set counts the tries of another one if more than this share of its rows are in that one. */
const INHERITED_SHARE = 0.1;

type Sketched = Pick<TestSet, "sha256" | "sketch">;

/** Which of two test sets counts the other's tries, whichever is older: none, one or both. */
export function overlapsBetween(one: Sketched, other: Sketched): TestSetOverlap[] {
  if (one.sketch === undefined || other.sketch === undefined) return [];
  const { share, ofOther } = sharedRows(one.sketch, other.sketch);
  const side = (from: Sketched, to: Sketched, part: number): TestSetOverlap[] =>
    part > INHERITED_SHARE
      ? [{ slipway: 1, sha256: from.sha256, other: to.sha256, share: Number(part.toFixed(4)) }]
      : [];
  return [...side(one, other, share), ...side(other, one, ofOther)];
}
