import type { CommitId } from "../../schemas/names.ts";
import type { Plan } from "../../schemas/plan.ts";
import { SlipwayError } from "../errors.ts";
import { type PlanRequest, planChanges } from "../plan/plan-changes.ts";
import { detectRuntime } from "../runtime/runtime.ts";
import { changedPaths } from "../source/changes.ts";
import { openCommit } from "../source/commit.ts";
import { openWorkTree } from "../source/worktree.ts";
import { environmentCommands } from "../stages/load-code.ts";
import { decidingBranch } from "./binding.ts";
import type { Ports } from "./ports.ts";
import { METRIC_RULES } from "./project.ts";

export interface PlanOptions {
  /** The program versions that a model's commands would run with; default: those of this machine, which runs each `--version`. */
  runtime?: PlanRequest["runtime"];
}

/**
 * Which models changed from one commit to another (`head` absent: to the work tree), why, and what would run.
 * Rejects with POLICY_INVALID where the head's policy cannot be read.
 */
export async function planBetween(
  ports: Pick<Ports, "workspace" | "objects">,
  base: CommitId | undefined,
  head: CommitId | undefined,
  options: PlanOptions = {},
): Promise<Plan> {
  const { workspace, objects } = ports;
  return planChanges({
    ...(base === undefined ? {} : { base: await openCommit(objects, base) }),
    head: head === undefined ? await openWorkTree(workspace.folder) : await openCommit(objects, head),
    changedPaths: () => changedPaths(workspace.folder, base as CommitId, head),
    runtime: options.runtime ?? ((spec) => detectRuntime(environmentCommands(spec))),
    rules: METRIC_RULES,
  });
}

/** What to compare with where nobody says: the default branch's commit, and nothing at all before its first one. */
export async function defaultBase(ports: Pick<Ports, "workspace" | "remote">): Promise<CommitId | undefined> {
  try {
    return (await decidingBranch(ports)).commit;
  } catch (error) {
    if (error instanceof SlipwayError && error.code === "NO_COMMIT") return undefined;
    throw error;
  }
}
