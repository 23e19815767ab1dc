import type { AskedGate } from "../../schemas/gate.ts";
import type { CommitId } from "../../schemas/names.ts";
import type { Policy } from "../../schemas/policy.ts";
import type { Signer } from "../../schemas/signer.ts";
import { SlipwayError } from "../errors.ts";
import type { PolicyRead } from "../promotion/decide-promotion.ts";
import { openCommit } from "../source/commit.ts";
import type { SourceTree } from "../source/tree.ts";
import { askedGate, floorsFor } from "../spec/floors.ts";
import type { Ports } from "./ports.ts";
import { soundProject } from "./project.ts";

/** The policy as it stands at a commit of the default branch. Rejects with SPEC_INVALID where it cannot be read. */
export async function readPolicy(ports: Pick<Ports, "objects">, commit: CommitId): Promise<Policy> {
  return (await soundProject(await openCommit(ports.objects, commit), [])).policy;
}

/**
 * What a version must pass for a stage (or `register`), as policy and spec say it at a commit of the default branch.
 * Rejects with SPEC_INVALID or MODEL_UNKNOWN: where the rules cannot be read, nothing is decided. A model that is
 * `called` otherwise than its folder in the registry may have its spec under either name; one whose version was
 * `handedIn` may have none, and has the policy's gates alone.
 */
export async function readGates(
  ports: Pick<Ports, "objects">,
  commit: CommitId,
  model: string,
  stage: string,
  { called, handedIn = false }: { called?: string | undefined; handedIn?: boolean } = {},
): Promise<{ gates: AskedGate[]; policy: PolicyRead; stages: readonly string[]; signers: readonly Signer[] }> {
  const tree = await openCommit(ports.objects, commit);
  const { project, loaded } = await findSpec(tree, called === undefined ? [model] : [called, model], handedIn);
  const asked = loaded ? project.effectiveGates(loaded, stage) : floorsFor(project.policy, model, stage);
  const gates = asked.map(askedGate);
  const approvals = project.policy.approvals?.[stage] ?? 0;
  return {
    gates,
    stages: project.stages,
    signers: project.policy.signers ?? [],
    policy: {
      commit,
      blob: project.policyBlob,
      specBlob: loaded?.blob,
      approvals,
      imported: project.policy.register?.imported,
    },
  };
}

/** The first of the names that has a spec. */
async function findSpec(tree: SourceTree, names: readonly string[], optional: boolean) {
  for (const [at, name] of names.entries()) {
    try {
      const project = await soundProject(tree, [name]);
      return { project, loaded: project.models.get(name) };
    } catch (error) {
      const unknown = error instanceof SlipwayError && error.code === "MODEL_UNKNOWN";
      if (!unknown || (at === names.length - 1 && !optional)) throw error;
    }
  }
  return { project: await soundProject(tree, []), loaded: undefined };
}
