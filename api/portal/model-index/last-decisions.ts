import { type ModelFolder, type ModelFolders, modelFolders } from "../../../core/registry/model-folder.ts";
import type { Decision } from "../../../schemas/decision.ts";
import type { PortalHost } from "../request/host.ts";

/** A decision without the evidence that it rests on. */
export type LastDecision = Pick<Decision, "id" | "act" | "outcome" | "stage" | "version" | "decided_at">;

const folders = new WeakMap<object, ModelFolders>();

/** What was last decided of a version for each stage that was asked, by stage: recorded, never made anew. */
export async function lastDecisions(
  { ports: { objects } }: Pick<PortalHost, "ports">,
  model: ModelFolder,
  version: number,
): Promise<ReadonlyMap<string, LastDecision>> {
  let read = folders.get(objects);
  if (read === undefined) {
    read = modelFolders(objects);
    folders.set(objects, read);
  }
  const { decisions } = await read.history(model);
  const last = new Map<string, LastDecision>();
  for (const { decision } of decisions.values()) {
    if (decision.version !== version) continue;
    const before = last.get(decision.stage);
    if (before === undefined || before.decided_at <= decision.decided_at) last.set(decision.stage, decision);
  }
  return last;
}
