import { promoteRegistered, type StagePromotion } from "../../core/acts/promote-registered.ts";
import { sha256 } from "../../core/canonical.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import { ensureDeployment } from "../deployments/ensure.ts";
import { personOf } from "../github/account.ts";
import type { EventContext } from "../github/event-context.ts";
import { type Answered, publishAnswers } from "./publish-answers.ts";
import { type Answer, deniedAnswer, refusedAnswer } from "./run/answer.ts";
import type { CommandContext } from "./run/command-context.ts";
import { comparing } from "./run/comparing.ts";
import { decided, rejected, waiting } from "./run/decision.ts";

export interface RegisteredVersion {
  manifest: Manifest;
  /** The merged pull request that brought it. */
  pull: number | undefined;
}

/** What a comparison's run brought, where the version waited for one. */
export interface Compared {
  run: string;
  link: Answer["link"];
  said: readonly string[];
  /** It is decided on what there is: nothing came of it. */
  isLast: boolean;
}

/**
 * Has a version ask for the stages that the policy names, in the host's own name, and answers on its pull request; where none
 * brought it, the answers are for the check of its commit. Twice is once.
 */
export async function promoteByPolicy(
  context: EventContext,
  { manifest, pull }: RegisteredVersion,
  compared?: Compared,
): Promise<Answered[]> {
  const asked = await promoteRegistered(context.ports, manifest, {
    ...{ by: personOf(context.app), repository: context.repository.fullName, issue: pull },
    comparesElsewhere: compared?.isLast !== true,
  });
  const answered: Answered[] = [];
  for (const promotion of asked) {
    const answer = await answerOf(context, promotion, pull);
    if (answer === undefined) continue;
    const told = { link: answer.link ?? compared?.link, said: [...(compared?.said ?? []), ...(answer.said ?? [])] };
    answered.push({ asked: `promote: { ${promotion.stage}: auto }`, answer: { ...answer, ...told } });
  }
  if (answered.length === 0) return [];
  const { model, version } = manifest;
  if (pull !== undefined) {
    const key = sha256(`${model}@${version} ${compared?.run ?? ""}`).slice(0, 32);
    await publishAnswers(context, { number: pull, pull: true }, answered, { key: `auto-${key}` });
  } else for (const { answer } of answered) if (answer.moved) await ensureDeployment(context, answer.moved);
  return answered;
}

async function answerOf(
  context: EventContext,
  { result }: StagePromotion,
  pull: number | undefined,
): Promise<Answer | undefined> {
  const place: Pick<CommandContext, "thread"> = { thread: { kind: "issue", number: pull ?? 0 } };
  switch (result.outcome) {
    case "promoted":
    case "rolling-out":
    case "refused":
      return decided(place, result.decision);
    case "waiting":
      return waiting(place, result);
    case "comparing":
      return comparing(context, result);
    case "rejected":
      return rejected(result.request, result.review);
    case "denied":
      return deniedAnswer(result.refusal);
    case "unreadable":
      return refusedAnswer(result.error);
    case "unchanged":
      return undefined;
  }
}
