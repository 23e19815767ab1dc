import type { Alarm, MonitorState, MovedPins } from "../../schemas/monitoring.ts";
import type { ModelName, VersionNumber } from "../../schemas/names.ts";
import type { MonitorThen } from "../../schemas/policy.ts";

/** What follows from where a model stands. Each host does it with its own hands: on GitHub an issue, on a plain repository a file. */
export type MonitorAct =
  /**
   * `open`: there is to be an issue, opened again where it was closed before these alarms. `keep`: one that is open is kept current.
   * `close`: one that is open is closed.
   */
  | { act: "issue"; model: ModelName; issue: "open" | "keep" | "close" }
  /** The version that is live is surely below a bar. Which version comes back, core/drift/rollback-target.ts says. */
  | { act: "rollback"; model: ModelName; version: VersionNumber; alarms: Alarm[] }
  | { act: "retrain"; model: ModelName; moved: MovedPins };

/**
 * What a policy wants done: an issue for each alarm that it does not turn off, a rollback for sure alarms on bars alone, a retrain pull
 * request where pinned data moved. A snooze keeps all of it from beginning, and an open issue current.
 */
export function nextActs(state: MonitorState, policy: MonitorThen | undefined, moved?: MovedPins): MonitorAct[] {
  const { model } = state;
  const { bars = "issue", data = "off" } = policy ?? {};
  const told = toldAlarms(state, policy);
  const sure = told.filter(isSureBar);
  const quiet = state.snoozed === undefined;
  const [first] = sure;
  return [
    { act: "issue", model, issue: issueOf(state, told.length > 0 && quiet) },
    ...(bars === "rollback" && quiet && first !== undefined
      ? [{ act: "rollback" as const, model, version: first.version, alarms: sure }]
      : []),
    ...(data === "retrain" && quiet && moved !== undefined ? [{ act: "retrain" as const, model, moved }] : []),
  ];
}

/** The alarms that a policy does not turn off. */
export function toldAlarms({ alarms }: Pick<MonitorState, "alarms">, policy: MonitorThen | undefined): Alarm[] {
  const { drift = "issue", bars = "issue" } = policy ?? {};
  return alarms.filter(({ kind }) => (kind === "bar" ? bars : drift) !== "off");
}

/** What a rollback may rest on: never on inputs, and never on a metric whose alarm is not sure over all looks. */
export function isSureBar({ kind, sure }: Pick<Alarm, "kind" | "sure">): boolean {
  return kind === "bar" && sure;
}

function issueOf({ state }: MonitorState, opens: boolean): "open" | "keep" | "close" {
  if (state === "alarmed") return opens ? "open" : "keep";
  return state === "quiet" || state === "idle" ? "close" : "keep";
}
