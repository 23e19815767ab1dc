import { METRIC_RULES } from "../../core/acts/project.ts";
import { expectedAndFound, SlipwayError } from "../../core/errors.ts";
import type { GitObjects } from "../../core/git/objects.ts";
import { type Signing, signTags } from "../../core/registry/sign-tags.ts";
import { openCommit } from "../../core/source/commit.ts";
import { loadPolicy } from "../../core/spec/project.ts";
import type { Refusal } from "../../schemas/decision.ts";
import type { CommitId } from "../../schemas/names.ts";
import type { Problem } from "../../schemas/problem.ts";
import type { Signer } from "../../schemas/signer.ts";
import type { AllowedStores } from "./allowed-store.ts";
import { openPolicyStore } from "./policy-store.ts";

/** As `EventContext.unregistrable` promises. Nothing is contacted. */
export async function unregistrable(
  objects: GitObjects,
  commit: CommitId,
  { allowed, key, now }: { allowed: AllowedStores | undefined; key: Signing["key"]; now: Date },
): Promise<Refusal[]> {
  const read = await loadPolicy(openCommit(objects, commit), METRIC_RULES);
  if (read.problems.length > 0) return [];
  const refusals = [
    await refusalOf(() => openPolicyStore(read, { allowed })),
    await refusalOf(() => signTrial(read.policy.signers ?? [], key, now)),
  ];
  return refusals.filter((refusal) => refusal !== undefined);
}

/** Signs a tag that is never written: rejects as it would be refused. */
async function signTrial(signers: readonly Signer[], key: Signing["key"], now: Date): Promise<void> {
  const object = "0".repeat(40);
  const tagger = `tagger Slipway <slipway@localhost> ${Math.floor(now.getTime() / 1_000)} +0000`;
  const content = Buffer.from(`object ${object}\ntype commit\ntag trial\n${tagger}\n\ntrial\n`);
  await signTags([{ name: "a tag", object: { type: "tag", content } } as never], { key, signers: async () => signers });
}

async function refusalOf(attempt: () => unknown): Promise<Refusal | undefined> {
  try {
    await attempt();
    return undefined;
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error;
    const problem = error.problems[0] as Problem;
    const { code, message, hint } = problem;
    const about = expectedAndFound(problem);
    return { code, message: about === "" ? message : `${message}: ${about}`, hint };
  }
}
