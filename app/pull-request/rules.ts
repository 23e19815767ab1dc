import { METRIC_RULES } from "../../core/acts/project.ts";
import type { AskedGate } from "../../core/promotion/gate-refusals.ts";
import { openCommit } from "../../core/source/commit.ts";
import { effectiveGates } from "../../core/spec/floors.ts";
import { loadProject, type Project } from "../../core/spec/project.ts";
import type { CommitId } from "../../schemas/names.ts";
import type { Policy } from "../../schemas/policy.ts";
import type { Problem } from "../../schemas/problem.ts";
import type { Host } from "../host.ts";

/** What a change is held against: as the default branch's tip says it, never as the change would have it. */
export interface Rules {
  /** The tip that says so. */
  commit: CommitId;
  stages: readonly string[];
  /** The stage that the second check asks about: production, or the policy's last one. */
  target: string;
  approvals: NonNullable<Policy["approvals"]>;
  models: Map<string, ModelRules>;
  /** Why the tip's policy cannot be read: then nothing can be said of any model. */
  problems: Problem[];
}

export interface ModelRules {
  /** By stage, `register` among them. */
  gates: Record<string, AskedGate[]>;
  /** The tip does not have the model: its own gates count, on top of the tip's floors. */
  isNew: boolean;
  /** Why the tip's spec of the model cannot be read. */
  problems: Problem[];
}

export async function readRules(
  { ports }: Pick<Host, "ports">,
  tip: CommitId,
  head: Project,
  models: readonly string[],
): Promise<Rules> {
  const project = await loadProject(openCommit(ports.objects, tip), METRIC_RULES, { models });
  const { stages, policy, problems } = project;
  return {
    commit: tip,
    stages,
    target: stages.includes("production") ? "production" : (stages.at(-1) ?? "production"),
    approvals: policy.approvals ?? {},
    models: new Map(models.map((model) => [model, rulesOf(model, project, head)])),
    problems: problems.filter(({ file }) => file === "slipway.yaml"),
  };
}

function rulesOf(model: string, tip: Project, head: Project): ModelRules {
  const asked = ["register", ...tip.stages];
  const at = (gates: (stage: string) => readonly AskedGate[]) =>
    Object.fromEntries(asked.map((stage) => [stage, gates(stage).map(({ gate, origin }) => ({ gate, origin }))]));
  const there = tip.models.get(model);
  if (there) return { gates: at((stage) => tip.effectiveGates(there, stage)), isNew: false, problems: [] };
  const problems = tip.problems.filter(({ file }) => file?.endsWith(`/${model}/model.yaml`));
  if (problems.length > 0) return { gates: {}, isNew: false, problems };
  const spec = head.models.get(model)?.spec ?? {};
  return { gates: at((stage) => effectiveGates(tip.policy, spec, model, stage)), isNew: true, problems: [] };
}
