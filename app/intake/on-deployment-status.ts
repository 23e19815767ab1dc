import { z } from "zod";
import { sha256 } from "../../core/canonical.ts";
import { retireOlder } from "../../core/deploy/retire-older.ts";
import { deploymentTask, readDeploymentPayload } from "../../core/promotion/deployment-payload.ts";
import type { Decision } from "../../schemas/decision.ts";
import type { DeploymentPayload } from "../../schemas/deployment-payload.ts";
import { renderAnswers } from "../commands/render-answers.ts";
import type { Answer } from "../commands/run/answer.ts";
import { noteDeployment, stateOf } from "../deployments/state.ts";
import { deploymentStates } from "../deployments/states.ts";
import type { EventContext } from "../github/event-context.ts";
import type { EventHandler } from "../github/event-handler.ts";
import { publishPullRequest } from "../pulls/publish.ts";
import { reply } from "../pulls/reply.ts";

const Deployment = z.object({
  id: z.int(),
  task: z.string(),
  payload: z.unknown(),
  creator: z.object({ login: z.string() }).nullish(),
});
const Status = z.object({
  id: z.int(),
  state: z.string(),
  description: z.string().nullish(),
  log_url: z.string().nullish(),
  target_url: z.string().nullish(),
});

/**
 * A deployment of ours goes on or ends: the pull request shows it, and a deployment that succeeded retires the
 * earlier ones.
 */
export const onDeploymentStatus: EventHandler<"deployment_status.created"> = async (context, payload) => {
  const [deployment, status] = [Deployment.parse(payload.deployment), Status.parse(payload.deployment_status)];
  const about = deployment.creator?.login === context.app.login ? readDeploymentPayload(deployment.payload) : undefined;
  const state = stateOf(status.state);
  if (about === undefined || deployment.task !== deploymentTask(about.model) || state === undefined) return;
  const known = await decisionOf(context, about);
  if (known === undefined) return;

  const { thread, pull } = known;
  noteDeployment(context, about.decision, { state, url: status.log_url || status.target_url || undefined });
  if (state === "done") await retireOlder(deploymentStates(context), deployment.id, about);
  if (state === "failed" && thread !== undefined) {
    const body = renderAnswers([
      { asked: `deployment of ${about.model} to ${about.stage}`, answer: failed(about, status) },
    ]);
    // GitHub sends each status once; a run that is repeated fails with another one.
    await reply(context, thread, body, `deployment-${sha256(String(status.id)).slice(0, 16)}`, { again: true });
  }
  if (pull !== undefined) await publishPullRequest(context, pull);
};

onDeploymentStatus.concerns = (payload) => {
  const { data } = z.object({ deployment: Deployment }).safeParse(payload);
  return data === undefined || readDeploymentPayload(data.deployment.payload) !== undefined;
};

/** The registry's own word on what a deployment says of itself, and where people talk about it. */
async function decisionOf(
  { ports }: EventContext,
  { model, version, stage, decision: id, artifact_sha256 }: DeploymentPayload,
): Promise<{ decision: Decision; thread: number | undefined; pull: number | undefined } | undefined> {
  const snapshot = await ports.registry.snapshot();
  const decision = await snapshot.read({ kind: "decision", model, id });
  const same =
    decision?.version === version && decision.stage === stage && decision.artifact_sha256 === artifact_sha256;
  if (decision === undefined || !same) return undefined;
  const pull = (await snapshot.manifest(model, version))?.manifest.source.pull_request;
  return { decision, thread: decision.source?.issue ?? pull, pull };
}

function failed({ model, version, stage }: DeploymentPayload, status: z.infer<typeof Status>): Answer {
  const url = status.log_url || status.target_url;
  return {
    sign: "refused",
    title: `${model} version ${version} was not deployed to ${stage}`,
    said: [
      `The registry says that it is in ${stage}, but the earlier deployment still serves there.`,
      ...(status.description ? [status.description] : []),
    ],
    next: `Run the deployment's job again, or \`/rollback ${model} ${stage}\`.`,
    ...(url ? { link: { text: "its log", url } } : {}),
    small: ["DEPLOYMENT_FAILED"],
  };
}
