import { promoteVersion } from "../../../core/acts/promote.ts";
import { toSecond } from "../../../core/clock.ts";
import { SlipwayError } from "../../../core/errors.ts";
import { registryOf } from "../../repositories/read-mirror.ts";
import type { Arguments } from "../grammar/grammar.ts";
import { resolveVersion } from "../grammar/resolve-target.ts";
import { type Answer, denied } from "./answer.ts";
import { type Asking, mayApprove } from "./asking.ts";
import { decided, rejected, waiting } from "./decision.ts";

/** `/promote`: the act's answer. The version is settled before the act, which decides for it alone. */
export async function promote(asking: Asking, given: Arguments["promote"]): Promise<Answer> {
  const { host, asker, source } = asking;
  const { model, version, newer } = await settle(asking, given);
  const { stage, reason } = given;
  const result = await promoteVersion(host.ports, {
    ...{ model, version, stage, reason, source },
    requestedBy: asker.person,
    authorize: asker.allowed("promote"),
    mayApprove: mayApprove(asking),
  });
  const note = newer === undefined ? [] : [`Version ${newer} was registered after this was asked for.`];
  const withNote = (answer: Answer): Answer => ({ ...answer, said: [...(answer.said ?? []), ...note] });
  switch (result.outcome) {
    case "promoted":
    case "refused":
      return withNote(decided(asking, result.decision));
    case "waiting":
      return withNote(waiting(asking, result));
    case "rejected":
      return rejected(result.request, result.review);
    case "unchanged":
      return { sign: "note", title: `${model} version ${result.version} is in ${stage} already`, said: note };
    case "denied":
      return denied(result.refusal);
  }
}

/** On an issue a model's name means the newest version that there was when it was written, whatever came since. */
async function settle(
  { host, place, known, at }: Asking,
  given: Arguments["promote"],
): Promise<{ model: string; version: number; newer?: number }> {
  const { model, version } = resolveVersion(given, place, known);
  if (version !== "latest") return { model, version };
  const snapshot = await registryOf(host);
  const versions = (await snapshot.versions(model)).reverse();
  const [newest] = versions;
  for (const each of versions) {
    const found = await snapshot.manifest(model, each);
    // GitHub keeps the second in which a comment was written.
    if (found === undefined || new Date(toSecond(found.manifest.registered_at)) > at) continue;
    return { model, version: each, ...(each === newest || newest === undefined ? {} : { newer: newest }) };
  }
  throw new SlipwayError("NOT_REGISTERED", `\`${model}\` had no version when this was written.`, {
    hint: "A first version comes of merging a pull request that trains it.",
  });
}
