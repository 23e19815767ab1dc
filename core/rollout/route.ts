import type { RolloutStep } from "../../schemas/rollout.ts";
import { sha256 } from "../canonical.ts";

/** Who answers a request, and whether the new version is asked beside. */
export interface Route {
  answers: "stable" | "candidate";
  shadows: boolean;
}

/** Hexadecimal digits of the hash that decide: 52 bits, which a number of JavaScript's holds exactly. */
const DIGITS = 13;

/**
 * Which version answers a request with this key in a step. The same key of the same rollout has the same place among all
 * keys, so whom the new version answered at a share of 0.1 it answers at 0.5 too; another rollout takes others first.
 */
export function routeOf({ decision, step }: { decision: string; step: RolloutStep }, key: string): Route {
  if ("shadow" in step) return { answers: "stable", shadows: true };
  const inShare = step.share === 1 || placeOf(decision, key) < step.share;
  return { answers: inShare ? "candidate" : "stable", shadows: false };
}

/** From 0 up to, and without, 1: as good as uniform over keys. */
function placeOf(decision: string, key: string): number {
  return Number.parseInt(sha256(`${decision}\n${key}`).slice(0, DIGITS), 16) / 2 ** (4 * DIGITS);
}
