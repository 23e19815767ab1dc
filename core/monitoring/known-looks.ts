import type { z } from "zod";
import { LivePerformance, WindowRecord } from "../../schemas/monitoring.ts";
import type { ModelName, Timestamp } from "../../schemas/names.ts";
import type { Monitoring } from "./open-branch.ts";
import { formatMonitoringPath, MOST_RECORD_BYTES } from "./paths.ts";
import { listWindows } from "./read-records.ts";

/** Of a record what tells whether a look would find anything new. */
export const KnownLook = WindowRecord.pick({ version: true, window: true, inputs: true, looked_at: true }).extend({
  performance: LivePerformance.pick({ unknown: true, labelled: true }).optional(),
});
export type KnownLook = z.infer<typeof KnownLook>;

/** The looks at a model's windows that begin at `since` or later, by their begin. A record that cannot be read is none: the window is looked at again. */
export async function knownLooks(
  branch: Monitoring,
  model: ModelName,
  since: Timestamp,
): Promise<Map<Timestamp, KnownLook[]>> {
  const places = (await listWindows(branch, model)).filter(({ from }) => from >= since);
  const contents = await branch.readMany(
    places.map((at) => formatMonitoringPath({ ...at, kind: "window" })),
    MOST_RECORD_BYTES,
  );
  const found = new Map<Timestamp, KnownLook[]>();
  for (const [index, { from, version }] of places.entries()) {
    const look = parsed(contents[index]);
    if (look?.version === version && look.window.from === from) found.set(from, [...(found.get(from) ?? []), look]);
  }
  return found;
}

function parsed(content: Buffer | undefined): KnownLook | undefined {
  if (content === undefined) return undefined;
  try {
    return KnownLook.safeParse(JSON.parse(content.toString("utf8"))).data;
  } catch {
    return undefined;
  }
}

/** Whether two looks were at the same: the second then finds what the first did. */
export function sameInputs(a: KnownLook["inputs"], b: KnownLook["inputs"]): boolean {
  const names = ["requests", "labels", "profile", "predictions_profile", "spec"] as const;
  return names.every((name) => a[name] === b[name]);
}
