import type { Interval } from "../../schemas/evaluation.ts";

const DIGITS = 4;
const INTERVAL_DIGITS = 3;
// Decimals such as 0.9 - 0.905 carry binary rounding: a value that stands exactly at its threshold must reach it.
const ROUNDING = 1e-12;

/** A number as a person reads it: four significant digits, whole above 1000, no trailing zeros. */
export function formatNumber(value: number): string {
  return rounded(value, DIGITS, value);
}

/**
 * As formatNumber, with as many digits as it takes to tell `value` from each of `thresholds` that it differs
 * from: 0.89996 beside 0.9 reads as 0.89996, never as 0.9.
 */
export function formatAgainst(value: number, ...thresholds: number[]): string {
  return toldFrom(thresholds, value, DIGITS, value);
}

/** [low, high], each told from the thresholds: to the decimals that three digits of the larger bound take. */
export function formatInterval({ low, high }: Pick<Interval, "low" | "high">, ...thresholds: number[]): string {
  const scale = Math.max(Math.abs(low), Math.abs(high));
  return `[${[low, high].map((bound) => toldFrom(thresholds, bound, INTERVAL_DIGITS, scale)).join(", ")}]`;
}

/** 0.95 as `95 %`. */
export function formatPercent(share: number): string {
  return `${formatAgainst(share * 100, 0, 100)} %`;
}

/**
 * Whether `value` is at least `threshold`, forgiving binary rounding of 1e-12 relative to the largest magnitude involved:
 * for a difference hand in the two numbers that it came from.
 */
export function reaches(value: number, threshold: number, ...magnitudes: number[]): boolean {
  const scale = Math.max(Math.abs(value), Math.abs(threshold), ...magnitudes.map(Math.abs));
  return value >= threshold - ROUNDING * scale;
}

/** Whether `value` is above `threshold` by more than binary rounding; as `reaches` otherwise. */
export function exceeds(value: number, threshold: number, ...magnitudes: number[]): boolean {
  return !reaches(-value, -threshold, ...magnitudes);
}

/** Equal but for binary rounding. */
export function nearlyEqual(a: number, b: number): boolean {
  return Math.abs(a - b) <= ROUNDING * Math.max(Math.abs(a), Math.abs(b));
}

function order(a: number, b: number): number {
  return Math.sign(a - b);
}

function toldFrom(thresholds: readonly number[], value: number, least: number, scale: number): string {
  for (let digits = least; digits < 17; digits++) {
    const text = rounded(value, digits, scale);
    const told = (threshold: number) =>
      nearlyEqual(value, threshold) || order(Number(text), threshold) === order(value, threshold);
    if (thresholds.every(told)) return text;
  }
  return String(value);
}

/** To as many decimals as `digits` significant digits of `scale` take. */
function rounded(value: number, digits: number, scale: number): string {
  if (value === 0 || !Number.isFinite(value)) return String(value === 0 ? 0 : value);
  const magnitude = Math.floor(Math.log10(Math.abs(scale)));
  if (magnitude < -6 || magnitude >= 15) return String(Number(value.toPrecision(digits)));
  const text = value.toFixed(Math.min(100, Math.max(0, digits - 1 - magnitude)));
  return String(Number(text) === 0 ? 0 : Number(text));
}
