import { METRIC_RULES } from "../../../core/acts/project.ts";
import { openCommit } from "../../../core/source/commit.ts";
import { refusedName } from "../../../core/spec/model-names.ts";
import { modelsFolder } from "../../../core/spec/policy-rules.ts";
import { loadPolicy, loadProject } from "../../../core/spec/project.ts";
import { withFiles } from "../../../core/spec/with-files.ts";
import { type CommitId, ModelName } from "../../../schemas/names.ts";
import type { Policy } from "../../../schemas/policy.ts";
import type { Problem } from "../../../schemas/problem.ts";
import type { PortalHost } from "../request/host.ts";

/** Where a new model would stand, on the default branch as a commit has it. */
export interface Place {
  commit: CommitId;
  policy: Policy;
  /** `models/churn`. */
  folder: string;
  /** Why no model can be called so here. */
  refused: string | undefined;
}

/** Looks at the default branch's models alone: a name may be taken in the registry, and registering says so. */
export async function placeFor({ ports }: Pick<PortalHost, "ports">, commit: CommitId, name: string): Promise<Place> {
  const tree = openCommit(ports.objects, commit);
  const { policy } = await loadPolicy(tree, METRIC_RULES);
  const models = modelsFolder(policy);
  return { commit, policy, folder: `${models}/${name}`, refused: whyNot(name, await tree.folders(models)) };
}

function whyNot(name: string, others: readonly string[]): string | undefined {
  if (!ModelName.safeParse(name).success)
    return "A model's name has letters, digits, - and _, and begins and ends with a letter or digit.";
  if (others.includes(name)) return `There is a model ${name} already. Choose another name.`;
  const looks = refusedName(name, others);
  return looks === undefined ? undefined : `No new model can be called so: ${looks.why}.`;
}

/** What is wrong with a model's files beside those of the default branch: what `slipway check` says of specs and policy. */
export async function problemsOf(
  { ports }: Pick<PortalHost, "ports">,
  commit: CommitId,
  name: string,
  files: Readonly<Record<string, string>>,
): Promise<readonly Problem[]> {
  const tree = withFiles(openCommit(ports.objects, commit), files);
  return (await loadProject(tree, METRIC_RULES, { models: [name] })).problems;
}
