import { refuseNewName } from "../../../core/acts/new-name.ts";
import { workflowMissing } from "../../../core/attested/check-workflow.ts";
import { SlipwayError } from "../../../core/errors.ts";
import { WORKFLOWS } from "../../../core/github.ts";
import type { RegistrySnapshot } from "../../../core/registry/registry.ts";
import { openCommit } from "../../../core/source/commit.ts";
import type { Refusal } from "../../../schemas/decision.ts";
import type { CommitId } from "../../../schemas/names.ts";
import type { Problem } from "../../../schemas/problem.ts";
import type { EventContext } from "../../github/event-context.ts";
import type { ChangePlan } from "./plan-pull.ts";

/**
 * Why the merge of a change could register nothing, whatever its run says. A file counts as the default branch's tip has it, or
 * as the change will leave it there.
 */
export async function mergeObstacles(
  context: Pick<EventContext, "ports" | "repository" | "unregistrable">,
  tip: CommitId,
  { paths, head }: Pick<ChangePlan, "paths" | "head">,
): Promise<Refusal[]> {
  const asMerged = (path: string) => (paths.includes(path) ? head : tip);
  const { path } = WORKFLOWS.register;
  const [workflow] = await openCommit(context.ports.objects, asMerged(path)).blobs([path]);
  return [
    ...(workflow === undefined ? [workflowMissing(context.repository.defaultBranch, path).refusal] : []),
    ...(await context.unregistrable(asMerged("slipway.yaml"))),
  ];
}

/** Why a model that was never registered cannot be, under its name. */
export async function nameObstacles(snapshot: RegistrySnapshot, model: string): Promise<Refusal[]> {
  if ((await snapshot.find(model)) !== undefined) return [];
  try {
    await refuseNewName(snapshot, model);
    return [];
  } catch (error) {
    if (!(error instanceof SlipwayError && error.code === "NAME_INVALID")) throw error;
    const { code, message, hint } = error.problems[0] as Problem;
    return [{ code, message, hint }];
  }
}
