import { readPolicy } from "../../core/acts/policy.ts";
import { windowFaults } from "../../core/drift/window-faults.ts";
import type { RegistrySnapshot } from "../../core/registry/registry.ts";
import { policyStages } from "../../core/spec/policy-rules.ts";
import type { WindowRecord } from "../../schemas/monitoring.ts";
import type { EventContext } from "../github/event-context.ts";
import { defaultTip, registryOf } from "../repositories/read-mirror.ts";

/** A window that is not recorded, and why. */
export interface WrongWindow {
  window: WindowRecord;
  why: string;
}

/**
 * Holds what a run says it looked at against what is known here: the registry, the policy's last stage, the clock, and the counts
 * themselves. Only what can be true is kept.
 */
export async function checkWindows(
  context: EventContext,
  windows: readonly WindowRecord[],
): Promise<{ sound: WindowRecord[]; wrong: WrongWindow[] }> {
  const stage = policyStages(await readPolicy(context.ports, await defaultTip(context))).at(-1);
  const snapshot = await registryOf(context);
  const now = context.clock().toISOString();
  const answered = new Map<string, Promise<boolean>>();
  const sound: WindowRecord[] = [];
  const wrong: WrongWindow[] = [];
  for (const window of windows) {
    const key = `${window.model} ${window.version} ${window.stage}`;
    const wasThere = answered.get(key) ?? hasAnswered(snapshot, window);
    answered.set(key, wasThere);
    const why = wrongIn(window, { stage, now, wasThere: await wasThere });
    if (why === undefined) sound.push(window);
    else wrong.push({ window, why });
  }
  return { sound, wrong };
}

function wrongIn(
  record: WindowRecord,
  { stage, now, wasThere }: { stage: string | undefined; now: string; wasThere: boolean },
): string | undefined {
  const { model, version, window } = record;
  if (record.stage !== stage) return `the policy's last stage is ${stage}, not ${record.stage}`;
  if (!wasThere) return `${model} version ${version} was never in ${stage}, nor on its way there`;
  if (window.to > now) return `the window ends in the future, at ${window.to}`;
  return windowFaults(record)[0];
}

/** Whether a version ever was in the stage, or on its way into it. */
async function hasAnswered(snapshot: RegistrySnapshot, { model, version, stage }: WindowRecord): Promise<boolean> {
  if ((await snapshot.manifest(model, version)) === undefined) return false;
  const decisions = await snapshot.list("decision", model);
  return decisions.some((each) => each.version === version && each.stage === stage && each.outcome !== "refused");
}
