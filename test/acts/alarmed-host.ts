import { actOnAlarms } from "../../core/acts/act-on-alarms.ts";
import { alarmFiles } from "../../core/acts/alarm-file.ts";
import { recordMonitoring } from "../../core/acts/record-monitoring.ts";
import { openMonitoring } from "../../core/monitoring/open-branch.ts";
import { formatMonitoringPath } from "../../core/monitoring/paths.ts";
import type { WindowRecord } from "../../schemas/monitoring.ts";
import { hits, look } from "../drift/builders.ts";
import { daysAgo, SPEC, type WatchedHost, watchedHost } from "../monitoring/watched-host.ts";
import { ADA } from "../registry/builders.ts";

export const ROLLBACK = `slipway: 1
monitor:
  requests: { store: file:.slipway/log }
  labels: { penguins: labels/*.csv }
  then: { bars: rollback }
`;

export const BAR = { metric: "accuracy", "at-least": 0.8 };

/** A plain repository with versions 1 to `live` of `penguins`, the last one live, whose policy lets labels roll back. */
export async function alarmedHost(live: number, files: Record<string, string> = {}): Promise<WatchedHost> {
  const spec = SPEC.replace(/ {4}- \{ metric: recall.*\n/, "");
  const host = await watchedHost({ "slipway.yaml": ROLLBACK, "models/penguins/model.yaml": spec, ...files });
  for (let version = 2; version <= live; version += 1) await host.release();
  return host;
}

/** Keeps a look at the n-th day before today. */
export async function keepLook({ ports }: WatchedHost, n: number, changes: Partial<WindowRecord>): Promise<void> {
  const [from, to] = [daysAgo(n), daysAgo(n - 1)].map((at) => new Date(at).toISOString());
  const window = { from: from ?? "", to: to ?? "" };
  await recordMonitoring(ports, { windows: [look(0, { window, ...changes })] }, { by: ADA, host: "cli" });
}

/** Labels of the n-th day before today, so many of them right. */
export const labels = (host: WatchedHost, n: number, version: number, right: number, rows: number) =>
  keepLook(host, n, { version, performance: hits(right, rows, BAR) });

/** What `slipway monitor --act` does after a look. */
export function act({ ports }: WatchedHost, about: Partial<Parameters<typeof actOnAlarms>[1]> = {}) {
  const hands = alarmFiles(ports, ADA);
  return actOnAlarms(ports, { at: ports.clock(), by: ADA, repository: "local/models", moved: [], hands, ...about });
}

/** The version in production. */
export async function liveVersion({ ports }: WatchedHost): Promise<number | undefined> {
  return (await (await ports.registry.snapshot()).model("penguins"))?.stages["production"]?.version;
}

export async function rollbacks({ ports }: WatchedHost) {
  const decisions = await (await ports.registry.snapshot()).list("decision", "penguins");
  return decisions.filter((decision) => decision.act === "rollback");
}

/** ALARM.md, if it is there. */
export async function alarmFile({ ports }: WatchedHost): Promise<string | undefined> {
  const path = formatMonitoringPath({ kind: "alarm", model: "penguins" });
  const [content] = await openMonitoring(ports.objects, undefined).readMany([path], 1_000_000);
  return content?.toString("utf8");
}
