import { workflowMissing } from "../../core/attested/check-workflow.ts";
import { WORKFLOWS } from "../../core/github.ts";
import { openCommit } from "../../core/source/commit.ts";
import type { CommitId } from "../../schemas/names.ts";
import type { EventContext } from "../github/event-context.ts";
import { reply } from "../pulls/reply.ts";
import { planChange, runnable } from "../pulls/state/plan-pull.ts";
import { findMerges } from "./find-merges.ts";
import { publishRegistration } from "./registration-check.ts";
import { stoppedText } from "./registration-text.ts";

/**
 * Says on a commit of the default branch that changes models that its run is awaited, so that one that never comes is seen;
 * or that there is no workflow that could run, on the merged pull requests too.
 */
export async function awaitRun(
  context: EventContext,
  { before, after }: { before: CommitId; after: CommitId },
): Promise<void> {
  const models = runnable(await planChange(context, before, after));
  if (models.length === 0) return;
  const { path } = WORKFLOWS.register;
  const [workflow] = await openCommit(context.ports.objects, after).blobs([path]);
  if (workflow !== undefined)
    return publishRegistration(context, after, { outcome: "waiting", models }, { first: true });
  const { refusal } = workflowMissing(context.repository.defaultBranch, path);
  await publishRegistration(context, after, { outcome: "stopped", refusals: [refusal] });
  for (const { pull } of await findMerges(context, after, new Map()))
    await reply(context, pull.number, stoppedText(after, [refusal]), `registration-${after.slice(0, 32)}`);
}
