import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { EndpointState, ServedVersion, Serving } from "../../core/serving/served.ts";

export interface ServeMetrics {
  /** Others of this process put their own metrics here. */
  readonly registry: Registry;
  answered(route: string, code: number, seconds: number): void;
}

const VERSION = ["model", "version", "stage"] as const;

/** What `/metrics` tells. No label comes from a request: routes, codes and what is served are all there are. */
export function openServeMetrics(serving: Pick<Serving, "endpoints" | "requestLog">): ServeMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: "slipway_serve_requests_total",
    help: "Requests, by route and by the status that was answered.",
    labelNames: ["route", "code"],
    registers,
  });
  const seconds = new Histogram({
    name: "slipway_serve_request_seconds",
    help: "From a request's headers to its answer, by route.",
    labelNames: ["route"],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    registers,
  });
  gauge(
    "slipway_serve_version_info",
    "1 for each version that answers, with its artifact's digest.",
    [...VERSION, "digest"],
    (set) => {
      for (const version of versions(serving)) set({ ...labels(version), digest: version.digest }, 1);
    },
  );
  gauge("slipway_serve_workers", "Processes of user code that are there to be, by version.", VERSION, (set) => {
    for (const version of versions(serving)) set(labels(version), version.answering.state().workers);
  });
  gauge("slipway_serve_workers_ready", "Processes of user code that take rows, by version.", VERSION, (set) => {
    for (const version of versions(serving)) set(labels(version), version.answering.state().ready);
  });
  gauge("slipway_serve_workers_bytes", "Resident memory of a version's processes.", VERSION, (set) => {
    for (const version of versions(serving)) set(labels(version), version.answering.state().rss ?? 0);
  });
  gauge("slipway_serve_worker_restarts", "How often a version's processes were started again.", VERSION, (set) => {
    for (const version of versions(serving)) set(labels(version), version.answering.state().restarts);
  });
  gauge("slipway_serve_queue", "Requests that wait for a process, by version.", VERSION, (set) => {
    for (const version of versions(serving)) set(labels(version), version.answering.state().queued);
  });
  gauge("slipway_serve_problem", "1 where a model's newest version does not answer.", ["model", "stage"], (set) => {
    for (const { model, stage, problem } of serving.endpoints()) set({ model, stage }, problem === undefined ? 0 : 1);
  });
  gauge("slipway_serve_rollout_step", "The step of what rolls out, from 1.", VERSION, (set) => {
    for (const { rollout, ...at } of rollouts(serving)) set(at, rollout.step);
  });
  gauge("slipway_serve_rollout_stopped", "1 where a rule ended routing to what rolls out.", VERSION, (set) => {
    for (const { rollout, ...at } of rollouts(serving)) set(at, rollout.stopped === undefined ? 0 : 1);
  });
  gauge(
    "slipway_serve_rollout_count",
    "What was counted of the step: requests, errors, rows compared and disagreed.",
    [...VERSION, "of"],
    (set) => {
      for (const { rollout, ...at } of rollouts(serving))
        for (const of of ["requests", "errors", "compared", "disagreed"] as const)
          set({ ...at, of }, rollout.figures[of]);
    },
  );
  gauge("slipway_serve_log_waiting_bytes", "What of the request log waits on the disk.", [], (set) => {
    const log = serving.requestLog?.();
    if (log !== undefined) set({}, log.spooled);
  });
  gauge("slipway_serve_log_dropped_rows", "Rows that are not in the request log, by why.", ["why"], (set) => {
    for (const [why, rows] of Object.entries(serving.requestLog?.()?.dropped ?? {})) set({ why }, rows);
  });
  gauge("slipway_serve_log_problem", "1 where the request log cannot be sent.", [], (set) => {
    const log = serving.requestLog?.();
    if (log !== undefined) set({}, log.problem === undefined ? 0 : 1);
  });
  return {
    registry,
    answered(route, code, took) {
      requests.inc({ route, code });
      seconds.observe({ route }, took);
    },
  };

  function gauge<L extends string>(
    name: string,
    help: string,
    labelNames: readonly L[],
    read: (set: (labels: Record<L, string | number>, value: number) => void) => void,
  ): void {
    new Gauge({
      ...{ name, help, labelNames, registers },
      collect() {
        // What no longer answers is no longer told of.
        this.reset();
        read((values, value) => this.set(values, value));
      },
    });
  }
}

function versions({ endpoints }: Pick<Serving, "endpoints">): ServedVersion[] {
  return endpoints().flatMap(({ live, beside }: EndpointState) => [...(live ? [live] : []), ...beside]);
}

function rollouts({ endpoints }: Pick<Serving, "endpoints">) {
  return endpoints().flatMap(({ model, stage, rollout }) =>
    rollout === undefined ? [] : [{ model, stage, version: rollout.version, rollout }],
  );
}

function labels({ model, version, stage }: ServedVersion) {
  return { model, version, stage };
}
