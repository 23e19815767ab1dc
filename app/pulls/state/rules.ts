import { METRIC_RULES } from "../../../core/acts/project.ts";
import { DEFAULT_TRIES } from "../../../core/gates/asked-level.ts";
import { openCommit } from "../../../core/source/commit.ts";
import { askedGate, type EffectiveGate, effectiveGates } from "../../../core/spec/floors.ts";
import { loadProject, type Project } from "../../../core/spec/project.ts";
import type { AskedGate } from "../../../schemas/gate.ts";
import type { CommitId } from "../../../schemas/names.ts";
import type { Policy } from "../../../schemas/policy.ts";
import type { Problem } from "../../../schemas/problem.ts";
import type { EventContext } from "../../github/event-context.ts";

/** The rules that a change is judged by: the default branch's tip has them, never the change itself. */
export interface PullRules {
  /** The tip that says so. */
  commit: CommitId;
  stages: readonly string[];
  /** The stage that the second check asks about: production, or the policy's last one. */
  target: string;
  approvals: NonNullable<Policy["approvals"]>;
  /** How many tries of a test set share what a confidence leaves. */
  budget: number;
  models: Map<string, ModelRules>;
  /** Why the tip's policy cannot be read; the change's own counts until it is mended, which nothing else could do. */
  broken: Problem[];
}

export interface ModelRules {
  /** By stage, `register` among them. */
  gates: Record<string, AskedGate[]>;
  /**
   * Whose gates these are: the tip's (`tip`), or the change's own on top of the tip's floors, where the tip does not have
   * the model (`new`) or its spec cannot be read (`broken`): nothing is decided by a spec like that before it is mended.
   */
  from: "tip" | "new" | "broken";
}

/** The stage that the second check asks about. */
export function targetOf(stages: readonly string[]): string {
  return stages.includes("production") ? "production" : (stages.at(-1) ?? "production");
}

export async function readRules(
  { ports }: Pick<EventContext, "ports">,
  commit: CommitId,
  head: Project,
  models: readonly string[],
): Promise<PullRules> {
  const tip = await loadProject(openCommit(ports.objects, commit), METRIC_RULES, { models });
  const broken = tip.problems.filter(({ file }) => file === "slipway.yaml");
  const { stages, policy } = broken.length === 0 ? tip : head;
  return {
    commit,
    stages,
    target: targetOf(stages),
    approvals: policy.approvals ?? {},
    budget: policy.tries ?? DEFAULT_TRIES,
    models: new Map(models.map((model) => [model, rulesOf(model, tip, head, broken.length > 0)])),
    broken,
  };
}

function rulesOf(model: string, tip: Project, head: Project, broken: boolean): ModelRules {
  const rules = broken ? head : tip;
  const asked = ["register", ...rules.stages];
  const at = (gates: (stage: string) => readonly EffectiveGate[]) =>
    Object.fromEntries(asked.map((stage) => [stage, gates(stage).map(askedGate)]));
  const there = broken ? undefined : tip.models.get(model);
  if (there) return { gates: at((stage) => tip.effectiveGates(there, stage)), from: "tip" };
  const spec = head.models.get(model)?.spec ?? {};
  const unreadable = tip.problems.some(({ file }) => file?.endsWith(`/${model}/model.yaml`));
  return {
    gates: at((stage) => effectiveGates(rules.policy, spec, model, stage)),
    from: broken || unreadable ? "broken" : "new",
  };
}
