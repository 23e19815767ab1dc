import { basename, dirname } from "node:path/posix";
import type { Manifest } from "../../schemas/manifest.ts";
import type { CommitId } from "../../schemas/names.ts";
import type { Problem } from "../../schemas/problem.ts";
import { SlipwayError } from "../errors.ts";
import { metricInfo } from "../metrics/catalog.ts";
import { checkMetricSpec } from "../metrics/fitness.ts";
import { suggestMetric } from "../metrics/suggest-metric.ts";
import { openCommit } from "../source/commit.ts";
import { loadProject, type Project, type SpecFiles } from "../spec/project.ts";
import type { RunnableModel } from "../stages/runnable-model.ts";
import type { Ports } from "./ports.ts";

/** What the checks on specs need to know of metrics. */
export const METRIC_RULES = { checkMetricSpec, metricInfo, suggestMetric };

/**
 * The policy and the models named, without a problem. Rejects with the first problem's code where there is one, carrying
 * all of them.
 */
export async function soundProject(tree: SpecFiles, models: readonly string[]): Promise<Project> {
  const project = await loadProject(tree, METRIC_RULES, { models });
  refuseProblems(project.problems);
  return project;
}

export function refuseProblems(problems: readonly Problem[]): void {
  const [first] = problems;
  if (!first) return;
  const code = problems.length === 1 && first.code === "MODEL_UNKNOWN" ? "MODEL_UNKNOWN" : "SPEC_INVALID";
  const message = problems.length === 1 ? first.message : `${problems.length} problems in the specs and the policy`;
  throw new SlipwayError(code, message, { problems });
}

/** A model as it stood at a commit, with its files. */
export async function modelAt(ports: Pick<Ports, "objects">, commit: CommitId, name: string): Promise<RunnableModel> {
  const tree = await openCommit(ports.objects, commit);
  const { models } = await soundProject(tree, [name]);
  const model = models.get(name);
  if (!model) throw new SlipwayError("MODEL_UNKNOWN", `There is no model ${name} at ${commit.slice(0, 10)}`);
  return { name, folder: model.folder, path: model.path, spec: model.spec, tree };
}

/** A version's model as it stood at its own commit, whatever its folder is called since. */
export function modelOf(ports: Pick<Ports, "objects">, { source }: Pick<Manifest, "source">): Promise<RunnableModel> {
  return modelAt(ports, source.commit, basename(dirname(source.spec)));
}
