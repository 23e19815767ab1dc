import type { ActSource } from "../../schemas/act-source.ts";
import type { Decision, Refusal } from "../../schemas/decision.ts";
import type { RolloutState } from "../../schemas/rollout.ts";

/**
 * Why a rollback that nobody but monitoring asks for does nothing: a person changed the stage since the labels were counted, or another
 * version is on its way there, and people judge that one. Undefined for what a person asks for.
 */
export function leftAlone(
  source: ActSource | undefined,
  about: { model: string; stage: string; live: Decision | undefined; rollout: RolloutState | undefined },
): Refusal | undefined {
  if (source?.kind !== "monitor") return undefined;
  const { model, stage, live, rollout } = about;
  if (live?.id !== source.id)
    return {
      code: "OVERTAKEN",
      message: `Since the labels were counted, somebody changed what is in ${stage}: it stays.`,
      hint: `slipway log ${model}`,
    };
  if (rollout === undefined) return undefined;
  return {
    code: "OVERTAKEN",
    message: `Version ${rollout.version} is on its way to ${stage}: no version comes back by itself meanwhile.`,
    hint: `Go on with it, or end it: slipway rollback ${model} ${stage}. Then the labels are asked again.`,
  };
}
