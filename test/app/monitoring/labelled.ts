import type { WindowRecord } from "../../../schemas/monitoring.ts";
import { specOf } from "../models-on-github.ts";
import { dayAgo, openWatching, type Watching } from "./watching.ts";

const BAR = { metric: "accuracy", "at-least": 0.85 };
const POLICY = `monitor:
  requests: { store: file:/nowhere/log }
  labels: { penguins: "labels/*.csv" }
  then: { bars: rollback }
`;

/** A day of which so many of a hundred answers were right, as labels say. */
export function labelled(n: number, hits: number, about: Partial<WindowRecord> = {}): Partial<WindowRecord> {
  const bars = [
    { bar: BAR, rows: 100, hits, value: hits / 100, holds: hits < 80 ? ("no" as const) : ("yes" as const) },
  ];
  const performance = { labelled: 100, doubled: 0, unknown: 0, metrics: {}, slices: [], bars };
  return { version: 2, window: dayAgo(n), performance, ...about };
}

/** Version 2 of penguins answers, version 1 did before; a bar asks for labels, and the policy for a rollback. */
export async function openLabelled(): Promise<Watching> {
  const github = await openWatching({ policy: POLICY });
  const second = await github.registered("second", 70, 0.92);
  await github.say("ada", second, "/promote production");
  const spec = specOf({ trees: 70, extra: `monitor: { bars: [{ metric: accuracy, at-least: 0.85 }] }\n` });
  await github.push("main", { "models/penguins/model.yaml": spec });
  return github;
}
