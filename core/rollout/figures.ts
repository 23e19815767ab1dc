import type { RolloutFigures } from "../../schemas/rollout.ts";
import { latencyBound } from "./latency.ts";

export const NO_FIGURES: RolloutFigures = { requests: 0, errors: 0, latency_ms: {}, compared: 0, disagreed: 0 };

/** What was counted, all together: in any order, and of any part of the replicas first. */
export function sumFigures(all: readonly RolloutFigures[]): RolloutFigures {
  const latency: Record<string, number> = {};
  for (const { latency_ms } of all)
    for (const [bound, count] of Object.entries(latency_ms)) latency[bound] = (latency[bound] ?? 0) + count;
  const sum = (key: "requests" | "errors" | "compared" | "disagreed") =>
    all.reduce((total, each) => total + each[key], 0);
  return {
    requests: sum("requests"),
    errors: sum("errors"),
    latency_ms: latency,
    compared: sum("compared"),
    disagreed: sum("disagreed"),
  };
}

/** What one request adds. A request without an answer counts with the time that it took, too. */
export function figuresOf(request: {
  ms: number;
  failed: boolean;
  compared?: number;
  disagreed?: number;
}): RolloutFigures {
  const { ms, failed, compared = 0, disagreed = 0 } = request;
  return { requests: 1, errors: failed ? 1 : 0, latency_ms: { [latencyBound(ms)]: 1 }, compared, disagreed };
}
