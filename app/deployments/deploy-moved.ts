import type { EventContext } from "../github/event-context.ts";
import { ensureDeployment } from "./ensure.ts";
import { deploymentState, heardOf } from "./state.ts";

/** As far back as GitHub keeps what it delivered: a stage that moved before that is nobody's surprise any more. */
const RECENT = 3 * 86_400_000;
const AT_ONCE = 500;

/**
 * Opens the deployments that these models' stages lack: the App may have been killed between moving a stage and
 * deploying it. Without `models`, it looks at all models. It makes no call if the App has heard of every deployment.
 */
export async function deployMoved(context: EventContext, models?: Iterable<string>): Promise<void> {
  const snapshot = await context.ports.registry.snapshot();
  const names = [...(models ?? (await snapshot.models()))];
  const since = new Date(context.clock().getTime() - RECENT).toISOString();
  const deployments = heardOf(context);
  for (let start = 0; start < names.length; start += AT_ONCE) {
    const records = await Promise.all(names.slice(start, start + AT_ONCE).map((name) => snapshot.model(name)));
    for (const record of records) {
      for (const [stage, assignment] of Object.entries(record?.stages ?? {})) {
        const { decision: id, at } = assignment;
        const heard = deployments.get(id);
        if (record === undefined || at < since || (heard !== undefined && heard !== "none")) continue;
        const decision = await snapshot.read({ kind: "decision", model: record.name, id });
        // What another host decided is deployed by that host.
        if (decision === undefined || decision.host !== context.ports.name) continue;
        const known = await deploymentState(context, record.name, stage, assignment);
        if (known === undefined) await ensureDeployment(context, decision, false);
      }
    }
  }
}
