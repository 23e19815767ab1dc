import type { AskedGate } from "../../schemas/gate.ts";
import type { ModelSpec } from "../../schemas/model-spec.ts";
import type { CommitId } from "../../schemas/names.ts";
import type { Policy } from "../../schemas/policy.ts";
import type { Signer } from "../../schemas/signer.ts";
import { canonicalJson } from "../canonical.ts";
import { SlipwayError } from "../errors.ts";
import { DEFAULT_TRIES } from "../gates/asked-level.ts";
import type { PolicyRead } from "../promotion/decide-promotion.ts";
import { planFor } from "../rollout/plan.ts";
import { openCommit } from "../source/commit.ts";
import { askedGate, type EffectiveGate, floorsFor } from "../spec/floors.ts";
import type { SpecFiles } from "../spec/project.ts";
import type { Ports } from "./ports.ts";
import { soundProject } from "./project.ts";

/** What a version must pass, and by whose word. */
export interface StageRules {
  gates: AskedGate[];
  /** What a run is asked: the gates of `register` and of every stage. */
  every: AskedGate[];
  /** How many tries of a test set share what a confidence leaves. */
  budget: number;
  policy: PolicyRead;
  stages: readonly string[];
  signers: readonly Signer[];
  /** The policy itself. */
  whole: Policy;
  /** The model's spec; undefined where what was imported has none. */
  spec: ModelSpec | undefined;
}

export interface GatesOf {
  displayName?: string | undefined;
  imported?: boolean;
  evaluated?: boolean;
}

/** The policy as it stands at a commit of the default branch. Rejects with SPEC_INVALID where it cannot be read. */
export async function readPolicy(ports: Pick<Ports, "objects">, commit: CommitId): Promise<Policy> {
  return (await soundProject(await openCommit(ports.objects, commit), [])).policy;
}

/**
 * What a version must pass for a stage (or `register`), as policy and spec say it at a commit of the default branch.
 * Rejects with SPEC_INVALID or MODEL_UNKNOWN: where the rules cannot be read, nothing is decided. A model that is
 * `called` otherwise than its folder in the registry may have its spec under either name; one whose version was
 * `imported` may have none, and has the policy's gates alone. What was imported and `evaluated` since is asked the gates of
 * `register` besides: nobody did before.
 */
export async function readGates(
  ports: Pick<Ports, "objects">,
  commit: CommitId,
  model: string,
  stage: string,
  about: GatesOf = {},
): Promise<StageRules> {
  return gatesIn(openCommit(ports.objects, commit), commit, model, stage, about);
}

/** As `readGates`, of the same files wherever they are kept. */
export async function gatesIn(
  tree: SpecFiles,
  commit: CommitId,
  model: string,
  stage: string,
  { displayName, imported = false, evaluated = false }: GatesOf,
): Promise<StageRules> {
  const { project, loaded } = await findSpec(
    tree,
    displayName === undefined ? [model] : [displayName, model],
    imported,
  );
  const askedIn = (stages: readonly string[]) => {
    const asked = stages.flatMap((each) => {
      const own = loaded ? project.effectiveGates(loaded, each) : floorsFor(project.policy, model, each);
      return withFirst(own, project.policy, model, each, loaded?.name).map(askedGate);
    });
    return [...new Map(asked.map((each) => [canonicalJson(each), each])).values()];
  };
  const approvals = project.policy.approvals?.[stage] ?? 0;
  return {
    gates: askedIn(evaluated ? ["register", stage] : [stage]),
    every: askedIn(["register", ...project.stages]),
    budget: project.policy.tries ?? DEFAULT_TRIES,
    stages: project.stages,
    signers: project.policy.signers ?? [],
    whole: project.policy,
    spec: loaded?.spec,
    policy: {
      commit,
      blob: project.policyBlob,
      specBlob: loaded?.blob,
      specPath: loaded?.path,
      approvals,
      imported: project.policy.register?.imported,
      rollout: planFor(project.policy, stage),
    },
  };
}

/**
 * What the policy says under a model's first name holds however it is called now: a new name and a spec under it would be
 * without the floors otherwise.
 */
function withFirst(
  asked: readonly EffectiveGate[],
  policy: Policy,
  first: string,
  stage: string,
  loaded: string | undefined,
): readonly EffectiveGate[] {
  if (loaded === undefined || loaded === first || !Object.hasOwn(policy.overrides ?? {}, first)) return asked;
  const known = new Set(asked.map((each) => canonicalJson(askedGate(each))));
  return [...floorsFor(policy, first, stage).filter((each) => !known.has(canonicalJson(askedGate(each)))), ...asked];
}

/** The first of the names that has a spec. */
async function findSpec(tree: SpecFiles, names: readonly string[], optional: boolean) {
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
