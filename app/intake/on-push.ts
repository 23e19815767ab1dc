import { z } from "zod";
import { completeDeploy } from "../../core/acts/deploy.ts";
import { SlipwayError } from "../../core/errors.ts";
import { workflowUse } from "../../core/github.ts";
import { parsePathOf, REGISTRY_REF } from "../../core/registry/paths.ts";
import { changedPaths } from "../../core/source/changes.ts";
import { POLICY_PATH } from "../../core/spec/project.ts";
import { CommitId } from "../../schemas/names.ts";
import { deployMoved } from "../deployments/deploy-moved.ts";
import type { EventContext } from "../github/event-context.ts";
import type { EventHandler } from "../github/event-handler.ts";
import { reviewMoved } from "../pulls/review-moved.ts";
import { reviewOpenPulls, reviewPullsOf } from "../pulls/review-open.ts";
import { awaitRun } from "../registration/await-run.ts";
import { rolloutsUnderWay } from "../rollouts/under-way.ts";

const Push = z.object({
  ref: z.string(),
  before: CommitId,
  after: CommitId,
  deleted: z.boolean().default(false),
  sender: z.object({ login: z.string() }).nullish(),
});

/**
 * The default branch or the registry moved: the rules or the versions that open pull requests are compared with may
 * be others now.
 */
export const onPush: EventHandler<"push"> = async (context, payload) => {
  const push = Push.parse(payload);
  if (push.deleted) return;
  if (push.ref === REGISTRY_REF) return registryMoved(context, push);
  if (push.ref !== `refs/heads/${context.repository.defaultBranch}`) return;
  await context.refresh();
  const paths = await pathsOf(context, push);
  const decisive = paths?.filter(
    (path) => path === POLICY_PATH || workflowUse(path) !== undefined || path.endsWith("/model.yaml"),
  );
  if (paths !== undefined && paths.length > 0) await awaitRun(context, push);
  if (decisive === undefined || decisive.includes(POLICY_PATH)) await completeDeploy(context.ports, push.after);
  if (decisive === undefined || decisive.length > 0) await reviewOpenPulls(context);
};

onPush.concerns = (payload, { defaultBranch }) => {
  const { data: push } = Push.safeParse(payload);
  return push === undefined || (!push.deleted && [REGISTRY_REF, `refs/heads/${defaultBranch}`].includes(push.ref));
};

async function registryMoved(context: EventContext, push: z.infer<typeof Push>): Promise<void> {
  const by = push.sender?.login;
  const own = by === context.app.login;
  if (!own) {
    context.log.warn({ by, before: push.before, after: push.after }, "somebody else than the App pushed the registry");
  }
  await context.refresh();
  await rolloutsUnderWay(context.repository.id, await context.ports.registry.snapshot());
  const paths = await pathsOf(context, push);
  const models = paths?.flatMap((path) => parsePathOf("model", path)?.model ?? []);
  if (own) await deployMoved(context, models);
  if (models === undefined || models.length === 0) return;
  await reviewMoved(context, push, new Set(models));
  await reviewPullsOf(context, new Set(models));
}

/** Undefined if the branch is new, or what it was is not here any more. */
async function pathsOf(
  { ports }: EventContext,
  { before, after }: z.infer<typeof Push>,
): Promise<string[] | undefined> {
  if (/^0+$/.test(before)) return undefined;
  try {
    return await changedPaths(ports.workspace.folder, before, after);
  } catch (error) {
    if (error instanceof SlipwayError && error.code === "GIT_FAILED") return undefined;
    throw error;
  }
}
