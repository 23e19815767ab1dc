import type { CommitId } from "../../../schemas/names.ts";
import { canonicalJson } from "../../canonical.ts";
import { SlipwayError } from "../../errors.ts";
import { openCommit } from "../../source/commit.ts";
import type { SourceTree } from "../../source/tree.ts";
import { type LoadedModel, loadProject, type Project } from "../../spec/project.ts";
import { gatesOf, type StageGate } from "../judge.ts";
import type { Ports } from "../ports.ts";
import { METRIC_RULES, soundProject } from "../project.ts";

/** Where a run comes from, which says what it may do. */
export type Origin = "default-branch" | "same-repository" | "fork" | "merge-group";

/** A commit that is run, and the default branch's tip, whose policy holds for it. */
export interface CommitRun {
  commit: CommitId;
  tip: CommitId;
  origin: Origin;
}

export interface LoadedRun {
  project: Project;
  model: LoadedModel;
  tree: SourceTree;
  /** As the default branch's tip has it: store, secrets, whether artifacts are taken again. */
  policy: Project["policy"];
  /** This commit's gates. */
  gates: StageGate[];
  /** The tip's, where they are others; for a model that is new, the tip's floors and the model's own. */
  deciding: StageGate[] | undefined;
  /** Both: what an evaluation has to answer. */
  asked: StageGate[];
}

/** Reads what a run is about. Rejects with SPEC_INVALID, MODEL_UNKNOWN or POLICY_INVALID. */
export async function loadRun(ports: Pick<Ports, "objects">, name: string, run: CommitRun): Promise<LoadedRun> {
  const tree = openCommit(ports.objects, run.commit);
  const project = await soundProject(tree, [name]);
  const model = project.models.get(name) as LoadedModel;
  const gates = gatesOf(project, model);
  const tip =
    run.tip === run.commit
      ? project
      : await loadProject(openCommit(ports.objects, run.tip), METRIC_RULES, { models: [name] });
  const wrong = tip.problems.filter(({ file }) => file === "slipway.yaml");
  if (wrong.length > 0) {
    throw new SlipwayError("POLICY_INVALID", "slipway.yaml of the default branch cannot be read", { problems: wrong });
  }
  const there = gatesOf(tip, tip.models.get(name) ?? model);
  const known = new Set(gates.map(canonicalJson));
  const more = there.filter((gate) => !known.has(canonicalJson(gate)));
  const deciding = canonicalJson(there) === canonicalJson(gates) ? undefined : there;
  return { project, model, tree, policy: tip.policy, gates, deciding, asked: [...gates, ...more] };
}
