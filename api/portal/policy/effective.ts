import { METRIC_RULES } from "../../../core/acts/project.ts";
import type { GitObjects } from "../../../core/git/objects.ts";
import { openCommit } from "../../../core/source/commit.ts";
import { loadProject, POLICY_PATH, type Project } from "../../../core/spec/project.ts";
import type { CommitId } from "../../../schemas/names.ts";
import { defaultTips } from "../model-index/default-tip.ts";
import type { PortalHost } from "../request/host.ts";

/** The policy as the default branch has it here, and the spec of the model that is asked for. */
export interface PolicyShown {
  commit: CommitId;
  /** `slipway.yaml`; empty if there is none. */
  text: string;
  project: Project;
}

export const MOST_POLICY_BYTES = 200 * 1024;
const tips = new WeakMap<GitObjects, () => Promise<CommitId | undefined>>();

/** What the tip of the default branch says; looking brings nothing here. Undefined before the first commit. */
export async function readPolicyShown(host: PortalHost, model?: string): Promise<PolicyShown | undefined> {
  const { objects } = host.ports;
  const tip = tips.get(objects) ?? defaultTips(host);
  tips.set(objects, tip);
  const commit = await tip();
  if (commit === undefined) return undefined;
  const tree = openCommit(objects, commit);
  const text = (await tree.read(POLICY_PATH, MOST_POLICY_BYTES))?.toString("utf8") ?? "";
  const project = await loadProject(tree, METRIC_RULES, { models: model === undefined ? [] : [model] });
  return { commit, text, project };
}
