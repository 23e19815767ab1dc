import type { RolloutFigures } from "../../schemas/rollout.ts";

/** Bounds a decade: a quantile is overstated by 12 % at most. */
const A_DECADE = 20;
const SMALLEST_MS = 0.1;
/** From 0.1 ms to 10^6 ms; what takes longer is in the last one. */
export const LATENCY_BOUNDS_MS: readonly number[] = Array.from({ length: 7 * A_DECADE + 1 }, (_, at) =>
  Number((SMALLEST_MS * 10 ** (at / A_DECADE)).toPrecision(3)),
);
const KEYS = LATENCY_BOUNDS_MS.map(String);

/** The bound that a request of so many milliseconds is counted under. */
export function latencyBound(ms: number): string {
  const at = Math.max(0, Math.ceil(A_DECADE * Math.log10(ms / SMALLEST_MS)) - 1);
  const first = LATENCY_BOUNDS_MS.findIndex((bound, index) => index >= Math.min(at, KEYS.length - 1) && bound >= ms);
  return KEYS[first < 0 ? KEYS.length - 1 : first] as string;
}

/** The bound, in milliseconds, that the share of all requests took no longer than; undefined of none. */
export function latencyQuantile({ latency_ms }: Pick<RolloutFigures, "latency_ms">, share: number): number | undefined {
  const counts = Object.entries(latency_ms)
    .map(([bound, count]) => [Number(bound), count] as const)
    .sort(([a], [b]) => a - b);
  const needed = share * counts.reduce((sum, [, count]) => sum + count, 0);
  let seen = 0;
  for (const [bound, count] of counts) {
    seen += count;
    if (count > 0 && seen >= needed) return bound;
  }
  return undefined;
}
