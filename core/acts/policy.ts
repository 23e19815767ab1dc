import type { CommitId } from "../../schemas/names.ts";
import type { Policy } from "../../schemas/policy.ts";
import type { PolicyRead } from "../promotion/decide-promotion.ts";
import type { AskedGate } from "../promotion/gate-refusals.ts";
import { openCommit } from "../source/commit.ts";
import type { Ports } from "./ports.ts";
import { soundProject } from "./project.ts";

/** The policy as it stands at a commit of the default branch. Rejects with SPEC_INVALID where it cannot be read. */
export async function readPolicy(ports: Pick<Ports, "objects">, commit: CommitId): Promise<Policy> {
  return (await soundProject(await openCommit(ports.objects, commit), [])).policy;
}

/**
 * What a version must pass for a stage (or `register`), as policy and spec say it at a commit of the default branch.
 * Rejects with SPEC_INVALID or MODEL_UNKNOWN: where the rules cannot be read, nothing is decided.
 */
export async function readGates(
  ports: Pick<Ports, "objects">,
  commit: CommitId,
  model: string,
  stage: string,
): Promise<{ gates: AskedGate[]; policy: PolicyRead; stages: readonly string[] }> {
  const project = await soundProject(await openCommit(ports.objects, commit), [model]);
  const loaded = project.models.get(model);
  const gates = loaded ? project.effectiveGates(loaded, stage).map(({ gate, origin }) => ({ gate, origin })) : [];
  const approvals = project.policy.approvals?.[stage] ?? 0;
  return {
    gates,
    stages: project.stages,
    policy: { commit, blob: project.policyBlob, specBlob: loaded?.blob, approvals },
  };
}
