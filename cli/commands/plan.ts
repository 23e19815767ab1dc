import { defaultBase, planBetween } from "../../core/acts/plan.ts";
import { openObjects } from "../../core/git/objects.ts";
import { openWorkspace } from "../../core/git/workspace.ts";
import { planReport } from "../../core/report/plan-report.ts";
import type { CommandOutcome, Session } from "../command.ts";
import { reportText } from "../report-text.ts";
import { resolveCommit } from "../tree.ts";

/** `slipway plan`: which models changed, why, and what would run. */
export async function run(
  session: Session,
  _args: object,
  options: { base?: string; head?: string },
): Promise<CommandOutcome> {
  const workspace = await openWorkspace(session.folder);
  const objects = await openObjects(workspace.folder);
  try {
    const head = options.head ?? (workspace.bare ? "HEAD" : undefined);
    const commit = head === undefined ? undefined : await resolveCommit(workspace, head);
    const base = options.base;
    const from =
      base === undefined ? await defaultBase({ workspace, remote: undefined }) : await resolveCommit(workspace, base);
    const plan = await planBetween({ workspace, objects }, from, commit);
    return { result: plan, text: reportText(session, planReport(plan)) };
  } finally {
    await objects.close();
  }
}
