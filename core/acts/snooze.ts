import { randomBytes } from "node:crypto";
import type { ActSource } from "../../schemas/act-source.ts";
import type { Refusal } from "../../schemas/decision.ts";
import { Snooze } from "../../schemas/monitoring.ts";
import type { Duration, Person } from "../../schemas/names.ts";
import { canonicalJson } from "../canonical.ts";
import { timestamp } from "../clock.ts";
import { milliseconds } from "../duration.ts";
import { SlipwayError } from "../errors.ts";
import { openMonitoring } from "../monitoring/open-branch.ts";
import { formatMonitoringPath, MOST_RECORD_BYTES } from "../monitoring/paths.ts";
import { parseRecord } from "../monitoring/read-records.ts";
import { actId } from "../promotion/act-id.ts";
import type { Authorize } from "./authorize.ts";
import { decidingBranch } from "./binding.ts";
import { readPolicy } from "./policy.ts";
import type { Ports } from "./ports.ts";
import { knownModel } from "./registered.ts";
import { truncateReason } from "./truncate-reason.ts";

export interface SnoozeOptions {
  model: string;
  /** How long; undefined: what was asked for before ends now. */
  lasts: Duration | undefined;
  reason: string;
  by: Person;
  /** Where it was asked for, and so its key; absent on a command line. */
  source?: ActSource | undefined;
  authorize?: Authorize | undefined;
}

export type SnoozeResult =
  | { outcome: "snoozed"; snooze: Snooze }
  /** Who asks may not: recorded nowhere. */
  | { outcome: "denied"; refusal: Refusal };

const LONGEST: Duration = "365d";

/**
 * Records that a person wants no new alarm of a model for a while: one commit on the branch `monitoring`. With a source it is done
 * once. Rejects with MODEL_UNKNOWN, USAGE for longer than a year, and as the branch does.
 */
export async function snoozeModel(
  ports: Pick<Ports, "objects" | "registry" | "workspace" | "remote" | "clock" | "name">,
  { model: asked, lasts, reason, by, source, authorize }: SnoozeOptions,
): Promise<SnoozeResult> {
  if (lasts !== undefined && milliseconds(lasts) > milliseconds(LONGEST))
    throw new SlipwayError("USAGE", "Alarms are not snoozed for so long", {
      expected: `${LONGEST} at most`,
      found: lasts,
    });
  const { name: model } = await knownModel(await ports.registry.snapshot(), asked);
  const refusal = await authorize?.(await readPolicy(ports, (await decidingBranch(ports)).commit));
  if (refusal) return { outcome: "denied", refusal };
  const id = source === undefined ? randomBytes(16).toString("hex") : actId(source);
  const path = formatMonitoringPath({ kind: "snooze", model, id });
  const branch = openMonitoring(ports.objects, ports.remote);
  await branch.refresh();
  const now = ports.clock();
  const at = timestamp(now);
  const until = timestamp(new Date(now.getTime() + (lasts === undefined ? 0 : milliseconds(lasts))));
  const about = { model, until, reason: truncateReason(reason).reason ?? reason, by, at, host: ports.name };
  let snooze: Snooze = { slipway: 1, id, ...about };
  await branch.write(async () => {
    const [before] = await branch.readMany([path], MOST_RECORD_BYTES);
    if (before !== undefined) {
      snooze = parseRecord(before, Snooze, path);
      return undefined;
    }
    const files = [{ path, content: canonicalJson(snooze) }];
    const subject = lasts === undefined ? `Let ${model} alarm again` : `Snooze ${model} for ${lasts}`;
    return { files, act: "snooze", subject, model, by, at, host: ports.name };
  });
  return { outcome: "snoozed", snooze };
}
