import { observeRollout } from "../../../core/acts/observe-rollout.ts";
import { stepRollout } from "../../../core/acts/step-rollout.ts";
import { rolloutReport, stepReport } from "../../../core/report/rollout-report.ts";
import type { RolloutRecord } from "../../../schemas/rollout.ts";
import type { CommandArguments } from "../grammar/grammar.ts";
import { resolveModel } from "../grammar/resolve-target.ts";
import { type Answer, deniedAnswer } from "./answer.ts";
import type { CommandContext } from "./command-context.ts";

const MOST_REFUSED = 10;

/** `/rollout`. */
export async function rollout(
  { context, requester, source, thread, known }: CommandContext,
  given: CommandArguments["rollout"],
): Promise<Answer> {
  const model = resolveModel(given.model, thread, known);
  const { what, stage, reason } = given;
  const refused: string[] = [];
  const asked = what === "status" ? undefined : what;
  const result = await stepRollout(context.ports, {
    ...{ model, stage, asked, reason, by: requester.person, preview: asked === undefined },
    ...(asked === undefined ? {} : { source, authorize: requester.authorize("rollout") }),
    observe: observeRollout(context.ports, { store: context.reports, onRefused: (why) => refused.push(why) }),
  });
  switch (result.outcome) {
    case "none":
      return { sign: "note", title: `No version of ${model} is on its way to ${stage}` };
    case "denied":
      return deniedAnswer(result.refusal);
    case "waiting": {
      const { title, verdict, sections } = rolloutReport(result);
      return { sign: "waiting", title: `${title}: ${verdict.text}`, points: doubtful(refused), sections };
    }
    case "stepped": {
      if (result.rollout.act === "abort" && asked !== undefined) return aborted(result.rollout);
      const { title, verdict, notices, sections } = stepReport(result, { preview: asked === undefined });
      const moved = asked === undefined ? undefined : result.decision;
      return {
        sign: "note",
        title: `${title}: ${verdict.text}`,
        said: notices,
        sections,
        moved,
        changed: asked !== undefined,
      };
    }
  }
}

function doubtful(refused: readonly string[]): string[] | undefined {
  return refused.length === 0 ? undefined : refused.slice(0, MOST_REFUSED).map((why) => `Does not count: ${why}.`);
}

/** The answer that tells of a rollout's end by a person. */
export function aborted({ model, version, stage, decision, n, reason }: RolloutRecord): Answer {
  return {
    sign: "done",
    title: `${model} version ${version} is not rolled out to ${stage} any more`,
    said: [`${stage} stays as it was. Why: ${reason}`],
    small: [`record ${n} of rollout ${decision.slice(0, 12)}`],
    changed: true,
  };
}
