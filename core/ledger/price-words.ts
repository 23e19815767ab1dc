import type { Gate } from "../../schemas/gate.ts";
import { formatPercent } from "../gates/number-words.ts";
import { marginOf, POWER, rowsToSee, type Sight } from "./price.ts";

/** `differences of 0.028 or more at 80 % power; 4,100 rows would see 0.02`. */
export function sightWords(gate: Gate, sight: Sight): string {
  const power = `at ${formatPercent(POWER)} power`;
  if (sight.seen === Number.POSITIVE_INFINITY) return "nothing: not even the best value would pass";
  if (gate.versus === undefined) return `${thresholdWords(gate, sight.seen)} ${power}`;
  const margin = marginOf(gate) || undefined;
  const seen = `differences of ${twoDigits(sight.seen)} or more ${power}`;
  if (margin === undefined || margin >= sight.seen) return seen;
  return `${seen}; ${rowsToSeeWords(margin, sight)} would see ${margin}`;
}

function thresholdWords({ "at-least": least, "at-most": most }: Gate, seen: number): string {
  const from = least === undefined ? undefined : twoDigits(least + seen, seen);
  const to = most === undefined ? undefined : twoDigits(most - seen, seen);
  if (from === undefined) return `values of ${to} or less`;
  return to === undefined ? `values of ${from} or more` : `values from ${from} to ${to}`;
}

/** How many rows like these would see a difference of this size, as an estimate: `4,100 rows`. */
export function rowsToSeeWords(margin: number, sight: Sight): string {
  const rough = Number(rowsToSee(margin, sight).toPrecision(2));
  return `${rough.toLocaleString("en-US")} row${rough === 1 ? "" : "s"}`;
}

/** To the decimals that two digits of `scale` take. */
export function twoDigits(value: number, scale: number = value): string {
  const decimals = Math.max(0, 1 - Math.floor(Math.log10(Math.abs(scale))));
  return String(Number(value.toFixed(Math.min(100, decimals))));
}
