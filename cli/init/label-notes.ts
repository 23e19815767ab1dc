import { METRIC_RULES } from "../../core/acts/project.ts";
import { labelsAreElsewhere } from "../../core/plan/inputs.ts";
import { openWorkTree } from "../../core/source/worktree.ts";
import { loadProject } from "../../core/spec/project.ts";

/** Whether a spec has labels that stand apart. */
export async function hasSealedLabels(folder: string): Promise<boolean> {
  const { models } = await loadProject(await openWorkTree(folder), METRIC_RULES);
  return [...models.values()].some(({ spec }) => spec.data.labels !== undefined);
}

/** What a preview would do for a repository whose test labels are withheld; empty where it has one, or needs none. */
export async function previewNotes(folder: string): Promise<string[]> {
  const { models, policy } = await loadProject(await openWorkTree(folder), METRIC_RULES);
  const withheld = [...models.values()].filter(labelsAreElsewhere).map(({ name }) => name);
  if (policy.preview !== undefined || withheld.length === 0) return [];
  const named = `${withheld.slice(0, 5).join(", ")}${withheld.length > 5 ? " …" : ""}`;
  return [
    `the test labels of ${named} are not in this repository: add \`preview: 0.3\` to slipway.yaml. Pull requests then score three tenths of the test rows, as often as they like, and decisions rest on the others, which nobody has looked at (docs/data.md)`,
  ];
}
