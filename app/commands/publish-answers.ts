import { deployProblem } from "../../core/acts/check-deploy.ts";
import { ensureDeployment } from "../deployments/ensure.ts";
import type { EventContext } from "../github/event-context.ts";
import { publishPullRequest } from "../pulls/publish.ts";
import { reply } from "../pulls/reply.ts";
import { REMOTE } from "../repositories/mirror.ts";
import { renderAnswers } from "./render-answers.ts";
import type { Answer } from "./run/answer.ts";

export interface Answered {
  /** The command as it was written. */
  asked: string;
  answer: Answer;
}

/**
 * Publishes what follows from answers: deployments, then the one reply, then the pull request's comment and checks.
 * The reply comes after what must not be lost: once there is a reply, only the comment and the checks may be left to
 * do.
 */
export async function publishAnswers(
  context: EventContext,
  thread: { number: number; pull: boolean },
  answered: readonly Answered[],
  { key, since, again = context.again }: { key: string; since?: Date; again?: boolean },
): Promise<void> {
  const shown: Answered[] = [];
  for (const { asked, answer } of answered) shown.push({ asked, answer: await deployed(context, answer) });
  await reply(context, thread.number, renderAnswers(shown), key, { since, again });
  if (thread.pull && answered.some(({ answer }) => answer.changed)) await publishPullRequest(context, thread.number);
}

async function deployed(context: EventContext, answer: Answer): Promise<Answer> {
  const { moved } = answer;
  if (moved === undefined) return answer;
  const ensured = await ensureDeployment(context, moved);
  const told = {
    opened: `A deployment to ${moved.stage} is under way.`,
    there: `A deployment to ${moved.stage} is under way.`,
    superseded: `Another decision has moved ${moved.stage} since, so this version is not deployed.`,
    refused: `GitHub opened no deployment: ${ensured.outcome === "refused" ? ensured.why : ""}`,
  }[ensured.outcome];
  const { objects } = context.ports;
  // What the act was decided by was brought here for it.
  const branch = await objects.read(`refs/remotes/${REMOTE}/${context.repository.defaultBranch}^{commit}`);
  const problem = await deployProblem(context.ports, moved, { tip: branch?.id });
  const behind =
    problem === undefined ? [] : [`The branch deploy does not follow: ${problem.message} (${problem.code})`];
  return { ...answer, said: [...(answer.said ?? []), told, ...behind] };
}
