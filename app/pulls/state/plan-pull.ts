import { planBetween } from "../../../core/acts/plan.ts";
import { METRIC_RULES } from "../../../core/acts/project.ts";
import { SlipwayError } from "../../../core/errors.ts";
import { changedPaths } from "../../../core/source/changes.ts";
import { openCommit } from "../../../core/source/commit.ts";
import { loadProject, overrideProblems, type Project } from "../../../core/spec/project.ts";
import type { CommitId } from "../../../schemas/names.ts";
import type { PlannedModel } from "../../../schemas/plan.ts";
import type { Problem } from "../../../schemas/problem.ts";
import type { EventContext } from "../../github/event-context.ts";
import { repositoryCache } from "../../repositories/repository-cache.ts";

/** What the App finds out by itself, from Git: which models a change is about, and what is wrong with it. */
export interface ChangePlan {
  /** Where the change starts; undefined if it shares no commit with the default branch. */
  base: CommitId | undefined;
  head: CommitId;
  models: PlannedModel[];
  /** The specs and the policy at the head. */
  project: Project;
  /** What keeps models from running: of the policy, of the specs that changed, of what they name. */
  problems: Problem[];
  /** From the repository's root. */
  paths: string[];
}

// Commands named in a spec are never run here, not even to ask for their versions; both sides get the same answer.
const NO_RUNTIME = { platform: "", arch: "", programs: {} };

/** By base and head: both are commits, so that it stays true. */
const plansOf = repositoryCache<string, ChangePlan>(50);

/** Plans a change, once. Mistakes in its files are among the plan's problems. Rejects if Git itself cannot be read. */
export async function planChange(
  context: Pick<EventContext, "ports">,
  base: CommitId | undefined,
  head: CommitId,
): Promise<ChangePlan> {
  const plans = plansOf(context);
  const key = `${base} ${head}`;
  const plan = plans.get(key) ?? (await planAnew(context, base, head));
  plans.set(key, plan);
  return plan;
}

async function planAnew(
  { ports }: Pick<EventContext, "ports">,
  base: CommitId | undefined,
  head: CommitId,
): Promise<ChangePlan> {
  const tree = openCommit(ports.objects, head);
  const paths = base === undefined ? [] : await changedPaths(ports.workspace.folder, base, head);
  const found = { base, head, paths };
  try {
    const { models } = await planBetween(ports, base, head, { runtime: async () => NO_RUNTIME });
    const project = await loadProject(tree, METRIC_RULES, { models: models.map(({ model }) => model) });
    // A model that was removed is no longer known, and that is no problem.
    const specs = project.problems.filter(({ code }) => code !== "MODEL_UNKNOWN");
    const told = new Set(specs.map(({ file }) => file));
    const inputs = models.flatMap(({ problem }) => (problem && !told.has(problem.file) ? [problem] : []));
    const overrides = await overrideProblems(tree, project.policy, project.policyPosition);
    return { ...found, models, project, problems: [...specs, ...inputs, ...overrides] };
  } catch (error) {
    if (!(error instanceof SlipwayError) || error.kind !== "input" || error.code === "NO_COMMIT") throw error;
    const project = await loadProject(tree, METRIC_RULES, { models: [] });
    return { ...found, models: [], project, problems: [...error.problems] };
  }
}

/** The models that a run is to make a result of. */
export function runnable({ models }: Pick<ChangePlan, "models">): string[] {
  return models.filter(({ steps }) => steps.length > 0).map(({ model }) => model);
}
