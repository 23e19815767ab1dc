import { Gauge } from "prom-client";
import type { ServingHost } from "../../core/serving/serving-host.ts";
import { errorField } from "./error-field.ts";
import type { ServeMetrics } from "./metrics.ts";
import type { Route } from "./route.ts";

/** `GET /-/status`: what answers here and since when, what comes up, and what is wrong, for people and for scripts. */
export function statusRoute(serving: Pick<ServingHost, "status">): Route {
  return {
    ...{ method: "GET", path: "/-/status", name: "status", refuse: errorField },
    answer: () => ({ body: serving.status(), headers: { "cache-control": "no-store" } }),
  };
}

/** Tells metrics whether the registry can be followed. */
export function followingMetrics({ registry }: ServeMetrics, serving: Pick<ServingHost, "status">): void {
  const registers = [registry];
  new Gauge({
    ...{ name: "slipway_serve_registry_problem", help: "1 while the registry cannot be followed.", registers },
    collect() {
      this.set(serving.status().registry.problem === undefined ? 0 : 1);
    },
  });
  new Gauge({
    ...{ name: "slipway_serve_registry_seen_seconds", help: "When the registry was seen last, since 1970.", registers },
    collect() {
      const { looked_at: at } = serving.status().registry;
      if (at !== undefined) this.set(Date.parse(at) / 1_000);
    },
  });
}
