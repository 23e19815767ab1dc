import type { ActSource } from "../../schemas/act-source.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import type { Person, StageName } from "../../schemas/names.ts";
import type { Policy } from "../../schemas/policy.ts";
import { SlipwayError } from "../errors.ts";
import { policyStages } from "../spec/policy-rules.ts";
import { decidingBranch } from "./binding.ts";
import { readPolicy } from "./policy.ts";
import type { Ports } from "./ports.ts";
import { type PromotionResult, promoteVersion } from "./promote.ts";

/** Why it is asked for: what the policy says. */
export const AUTO_REASON = "promote: auto";

export interface PromoteRegisteredOptions {
  /** The host itself: nobody else asks. */
  by: Person;
  /** owner/name; of a plain repository local/ and its folder's name. */
  repository: string;
  /** The pull request that brought the version, where its approvals are given. */
  issue?: number | undefined;
  /** See StageAsk. */
  comparesElsewhere?: boolean | undefined;
}

export interface StagePromotion {
  stage: StageName;
  /** `unreadable`: nothing was decided, since the rules cannot be read. */
  result: PromotionResult | { outcome: "unreadable"; error: SlipwayError };
}

/**
 * Asks for the stages that the policy has new versions ask for, in the policy's order: through the same gates, approvals and
 * rollout as a person's request. Once for a version and a stage, whatever became of it since, and whoever calls again. Nothing
 * for a version that was imported, or that is not the newest any more. Rejects with REMOTE_FAILED or STORE_FAILED.
 */
export async function promoteRegistered(
  ports: Ports,
  manifest: Manifest,
  options: PromoteRegisteredOptions,
): Promise<StagePromotion[]> {
  const { commit } = await decidingBranch(ports);
  const stages = autoStages(await readPolicy(ports, commit));
  if (stages.length === 0 || manifest.imported !== undefined) return [];
  const { model, version } = manifest;
  const newest = (await (await ports.registry.snapshot()).model(model))?.latest_version;
  if (newest !== version) return [];
  const promoted: StagePromotion[] = [];
  for (const stage of stages) {
    const asked = promoteVersion(ports, {
      ...{ model, version, stage, reason: AUTO_REASON, requestedBy: options.by },
      source: autoSource(manifest, stage, options),
      comparesElsewhere: options.comparesElsewhere,
    });
    // The version is registered, whatever a stage's rules are.
    const result = await asked.catch((error: unknown) => {
      if (error instanceof SlipwayError && error.kind === "input") return { outcome: "unreadable" as const, error };
      throw error;
    });
    promoted.push({ stage, result });
  }
  return promoted;
}

function autoStages(policy: Policy): StageName[] {
  return policyStages(policy).filter((stage) => policy.promote?.[stage] === "auto");
}

function autoSource(
  { model, version }: Manifest,
  stage: StageName,
  { repository, issue }: PromoteRegisteredOptions,
): ActSource {
  return {
    ...{ kind: "policy", repository, id: `${model}@${version}#${stage}`, place: 0 },
    ...(issue === undefined ? {} : { issue }),
  };
}
