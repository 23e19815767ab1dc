import { planBetween } from "../../core/acts/plan.ts";
import { SlipwayError } from "../../core/errors.ts";
import { defaultBranch } from "../../core/git/default-branch.ts";
import { openObjects } from "../../core/git/objects.ts";
import { openWorkspace, type Workspace } from "../../core/git/workspace.ts";
import { planReport } from "../../core/report/plan-report.ts";
import type { Outcome, Session } from "../command.ts";
import { reportText } from "../report-text.ts";
import { resolveCommit } from "../tree.ts";

/** `slipway plan`: which models changed, why, and what would run. */
export async function run(
  session: Session,
  _args: object,
  options: { base?: string; head?: string },
): Promise<Outcome> {
  const workspace = await openWorkspace(session.folder);
  const objects = await openObjects(workspace.folder);
  try {
    const head = options.head ?? (workspace.bare ? "HEAD" : undefined);
    const commit = head === undefined ? undefined : await resolveCommit(workspace, head);
    const plan = await planBetween({ workspace, objects }, await baseOf(workspace, options.base), commit);
    return { result: plan, text: reportText(session, planReport(plan)) };
  } finally {
    await objects.close();
  }
}

/** What was asked for; otherwise the default branch, and nothing at all before its first commit. */
async function baseOf(workspace: Workspace, asked: string | undefined): Promise<string | undefined> {
  if (asked !== undefined) return resolveCommit(workspace, asked);
  try {
    return (await defaultBranch(workspace)).commit;
  } catch (error) {
    if (error instanceof SlipwayError && error.code === "NO_COMMIT") return undefined;
    throw error;
  }
}
