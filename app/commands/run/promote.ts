import { promoteVersion } from "../../../core/acts/promote.ts";
import { toSecond } from "../../../core/clock.ts";
import { SlipwayError } from "../../../core/errors.ts";
import { registryOf } from "../../repositories/read-mirror.ts";
import type { CommandArguments } from "../grammar/grammar.ts";
import { resolveVersion } from "../grammar/resolve-target.ts";
import { type Answer, deniedAnswer } from "./answer.ts";
import { authorizeApprover, type CommandContext } from "./command-context.ts";
import { comparing } from "./comparing.ts";
import { decided, rejected, waiting } from "./decision.ts";

/** `/promote`. Which version is meant is settled first; the act decides on that version alone. */
export async function promote(commandContext: CommandContext, given: CommandArguments["promote"]): Promise<Answer> {
  const { context, requester, source } = commandContext;
  const { model, version, newer } = await settle(commandContext, given);
  const { stage, reason } = given;
  const result = await promoteVersion(context.ports, {
    ...{ model, version, stage, reason, source },
    requestedBy: requester.person,
    authorize: requester.authorize("promote"),
    mayApprove: authorizeApprover(commandContext),
    comparesElsewhere: !commandContext.compared,
  });
  const note = newer === undefined ? [] : [`Version ${newer} was registered after this was asked for.`];
  const withNote = (answer: Answer): Answer => ({ ...answer, said: [...(answer.said ?? []), ...note] });
  switch (result.outcome) {
    case "promoted":
    case "rolling-out":
    case "refused":
      return withNote(decided(commandContext, result.decision));
    case "waiting":
      return withNote(waiting(commandContext, result));
    case "comparing":
      return withNote(await comparing(context, result));
    case "rejected":
      return rejected(result.request, result.review);
    case "unchanged":
      return {
        sign: "note",
        title: `${model} version ${result.version} is ${result.rollout === undefined ? "in" : "on its way to"} ${stage} already`,
        said: note,
      };
    case "denied":
      return deniedAnswer(result.refusal);
  }
}

/** On an issue a model's name means the newest version that there was when it was written, whatever came since. */
async function settle(
  { context, thread, known, at }: CommandContext,
  given: CommandArguments["promote"],
): Promise<{ model: string; version: number; newer?: number }> {
  const { model, version } = resolveVersion(given, thread, known);
  if (version !== "latest") return { model, version };
  const snapshot = await registryOf(context);
  const versions = (await snapshot.versions(model)).reverse();
  const [newest] = versions;
  for (const each of versions) {
    const found = await snapshot.manifest(model, each);
    // GitHub keeps the second in which a comment was written.
    if (found === undefined || new Date(toSecond(found.manifest.registered_at)) > at) continue;
    return { model, version: each, ...(each === newest || newest === undefined ? {} : { newer: newest }) };
  }
  throw new SlipwayError("NOT_REGISTERED", `\`${model}\` had no version when this was written.`, {
    hint: "Merging a pull request that trains it makes a first version.",
  });
}
