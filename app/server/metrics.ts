import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { CallMetrics } from "../github/watched-fetch.ts";
import type { DeliveryMetrics } from "../intake/delivery-metrics.ts";

export interface Metrics extends CallMetrics, DeliveryMetrics {
  readonly registry: Registry;
}

export function openMetrics(depth: () => { jobs: number; longest: number; repositories: number }): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const deliveries = new Counter({
    name: "slipway_deliveries_total",
    help: "Webhook deliveries, by event and by what became of them.",
    labelNames: ["event", "outcome"],
    registers,
  });
  const durations = new Histogram({
    name: "slipway_handler_seconds",
    help: "How long handlers ran, by event; each attempt counts.",
    labelNames: ["event"],
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    registers,
  });
  const calls = new Counter({
    name: "slipway_github_calls_total",
    help: "Calls of GitHub's REST API, by method and by status (network: no answer).",
    labelNames: ["method", "status"],
    registers,
  });
  const remaining = new Gauge({
    name: "slipway_github_rate_limit_remaining",
    help: "Calls left, as GitHub last said, by resource.",
    labelNames: ["resource"],
    registers,
  });
  gauge("slipway_queue_depth", "Deliveries that wait or are worked on.", () => depth().jobs);
  gauge("slipway_queue_longest_seconds", "How long the oldest running handler runs.", () => depth().longest / 1000);
  gauge("slipway_open_repositories", "Mirrors that are open.", () => depth().repositories);
  return {
    registry,
    delivery: (event, outcome) => deliveries.inc({ event, outcome }),
    handled: (event, seconds) => durations.observe({ event }, seconds),
    call: (method, status) => calls.inc({ method, status }),
    rateLimit: (resource, left) => remaining.set({ resource }, left),
  };

  function gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  }
}
