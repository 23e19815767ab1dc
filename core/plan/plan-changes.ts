import type { Runtime } from "../../schemas/manifest.ts";
import type { ModelSpec } from "../../schemas/model-spec.ts";
import type { Plan, PlannedModel } from "../../schemas/plan.ts";
import type { Problem } from "../../schemas/problem.ts";
import { canonicalJson } from "../canonical.ts";
import { SlipwayError } from "../errors.ts";
import type { SourceTree } from "../source/tree.ts";
import { askedGate, floorsFor } from "../spec/floors.ts";
import type { MetricRules } from "../spec/metric-rules.ts";
import { modelsFolder } from "../spec/policy-rules.ts";
import { type LoadedModel, loadPolicy, loadProject, type Project } from "../spec/project.ts";
import { changedFolders, isReached, scanSpecs } from "./affected.ts";
import { type FingerprintParts, fingerprint } from "./fingerprint.ts";
import { changeReasons } from "./reasons.ts";

export interface PlanRequest {
  /** Absent: every model counts as new. */
  base?: SourceTree;
  head: SourceTree;
  /** Paths that differ between base and head, from the repository's root; asked once, and only where there is a base. */
  changedPaths(): Promise<readonly string[]>;
  /** The program versions that a model's commands would run with here. */
  runtime(spec: ModelSpec): Promise<Runtime>;
  rules: MetricRules;
}

/**
 * The models that changed from base to head, why, and what would run. A model whose fingerprint is equal trains no more:
 * where its metrics, slices, gates or floors changed it is predicted and scored again; where only words changed (owner,
 * description, time-outs, runners) nothing runs and it counts as unchanged. Rejects with POLICY_INVALID if the head's
 * policy cannot be read.
 */
export async function planChanges(request: PlanRequest): Promise<Plan> {
  const { base, head, rules } = request;
  const policy = await loadPolicy(head, rules);
  if (policy.problems.length > 0) {
    throw new SlipwayError("POLICY_INVALID", "slipway.yaml cannot be read", { problems: policy.problems });
  }
  const folder = modelsFolder(policy.policy);
  const { models: all, reaching } = await scanSpecs(head, folder);
  const names = base === undefined ? all : await affected(request, base, folder, all, reaching);
  const after = await loadProject(head, rules, { models: names });
  const before = base === undefined ? undefined : await loadProject(base, rules, { models: names });

  const planned: PlannedModel[] = [];
  for (const name of names) {
    const model = await planModel(request, name, before, after, folder);
    if (model !== undefined) planned.push(model);
  }
  const present = new Set(all);
  return {
    slipway: 1,
    base: base?.commit,
    head: head.commit,
    models: planned,
    unchanged: all.length - planned.filter(({ model }) => present.has(model)).length,
  };
}

/** The models that a changed path can matter to: by their folder, by what their spec names elsewhere, or by the policy. */
async function affected(
  { head, changedPaths, rules }: PlanRequest,
  base: SourceTree,
  folder: string,
  all: readonly string[],
  reaching: readonly string[],
): Promise<string[]> {
  const changed = await changedPaths();
  const names = new Set(changedFolders(changed, folder));
  if (changed.includes("slipway.yaml")) {
    const before = modelsFolder((await loadPolicy(base, rules)).policy);
    if (before !== folder) for (const name of await base.folders(before)) names.add(name);
    for (const name of all) names.add(name);
  }
  const others = reaching.filter((name) => !names.has(name));
  if (changed.length > 0 && others.length > 0) {
    const { models } = await loadProject(head, rules, { models: others });
    for (const [name, model] of models) if (isReached(model, changed)) names.add(name);
  }
  return [...names].sort();
}

interface Side {
  model: LoadedModel;
  fingerprint?: string;
  parts?: FingerprintParts;
  floors: string;
  problem?: Problem;
}

async function planModel(
  request: PlanRequest,
  name: string,
  before: Project | undefined,
  after: Project,
  folder: string,
): Promise<PlannedModel | undefined> {
  const path = `${folder}/${name}/model.yaml`;
  const problem = after.problems.find((each) => each.file === path);
  const now = after.models.get(name);
  const then = before?.models.get(name);
  const wasThere = then !== undefined || before?.problems.some((each) => each.file?.endsWith(`/${name}/model.yaml`));
  if (now === undefined) {
    if (problem === undefined && then === undefined) return undefined;
    const kind = problem === undefined ? "removed" : wasThere ? "spec" : "new";
    return {
      model: name,
      spec: path,
      reasons: [{ kind, paths: [then?.path ?? path] }],
      steps: [],
      ...(problem && { problem }),
    };
  }
  const head = await sideOf(request, request.head, now, after);
  const base = then && before && request.base ? await sideOf(request, request.base, then, before) : undefined;
  const shared = {
    model: name,
    spec: now.path,
    fingerprint: head.fingerprint,
    base_fingerprint: base?.fingerprint,
    problem: head.problem,
  };
  if (base === undefined) {
    const reason = { kind: wasThere ? ("spec" as const) : ("new" as const), paths: [now.path] };
    return { ...shared, reasons: [reason], steps: stepsOf(now.spec, head.problem === undefined, true) };
  }
  const reasons = changeReasons({ ...base, spec: base.model.spec }, { ...head, spec: now.spec });
  const trains = base.fingerprint === undefined || base.fingerprint !== head.fingerprint;
  const isMoved = base.model.folder !== now.folder;
  if (reasons.length === 0 && head.problem === undefined && !trains) return undefined;
  if (reasons.length === 0 && head.problem !== undefined && base.problem?.message === head.problem.message)
    return undefined;
  if (reasons.length === 0) reasons.push({ kind: isMoved ? "spec" : "data", paths: [now.path] });
  return { ...shared, reasons, steps: stepsOf(now.spec, head.problem === undefined, trains) };
}

function stepsOf(spec: ModelSpec, isRunnable: boolean, trains: boolean): PlannedModel["steps"] {
  if (!isRunnable) return [];
  return trains && spec.train !== undefined
    ? ["validate", "train", "predict", "score"]
    : ["validate", "predict", "score"];
}

async function sideOf(request: PlanRequest, tree: SourceTree, model: LoadedModel, project: Project): Promise<Side> {
  const stages = ["register", ...project.stages];
  const floors = canonicalJson(stages.map((stage) => floorsFor(project.policy, model.name, stage).map(askedGate)));
  try {
    return { model, floors, ...(await fingerprint(model, tree, await request.runtime(model.spec))) };
  } catch (error) {
    if (!(error instanceof SlipwayError) || error.problems[0] === undefined) throw error;
    return { model, floors, problem: error.problems[0] };
  }
}
