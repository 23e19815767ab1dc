/**
 * Slipway's workflows in a models repository, as `slipway init --github` writes them, and the events of which the App takes
 * what a run made. What other workflows upload, and what these make for another event, is nobody's result.
 */
export const WORKFLOWS = {
  /** What a pull request and a merge group would be: advisory. */
  pulls: { path: ".github/workflows/slipway.yml", name: "Slipway", events: ["pull_request", "merge_group"] },
  /** What the default branch is: it binds. */
  register: {
    path: ".github/workflows/slipway-register.yml",
    name: "Slipway register",
    events: ["push", "workflow_dispatch"],
  },
  /** How a version compares with what went live since it was evaluated. */
  compare: {
    path: ".github/workflows/slipway-compare.yml",
    name: "Slipway compare",
    events: ["workflow_dispatch"],
  },
  /** What a pull request's predictions are worth by labels that its own run cannot open. */
  score: {
    path: ".github/workflows/slipway-score.yml",
    name: "Slipway score",
    events: ["workflow_run", "workflow_dispatch"],
  },
  /** What live versions answered, held against what they were trained on. */
  monitor: {
    path: ".github/workflows/slipway-monitor.yml",
    name: "Slipway monitor",
    events: ["schedule", "workflow_dispatch"],
  },
} as const satisfies Record<string, Workflow>;

export interface Workflow {
  /** In the repository. */
  path: string;
  name: string;
  events: readonly string[];
}
export type WorkflowUse = keyof typeof WORKFLOWS;

/** Which of them a path is, as GitHub names it of a run: `path` or `path@ref`. Undefined for a workflow of somebody else. */
export function workflowUse(path: string): WorkflowUse | undefined {
  const [file] = path.split("@");
  return (Object.keys(WORKFLOWS) as WorkflowUse[]).find((use) => WORKFLOWS[use].path === file);
}
