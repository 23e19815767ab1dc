import { onCheckRunAction, onCheckRunRerequested } from "../commands/on-check-run.ts";
import { onIssueComment } from "../commands/on-issue-comment.ts";
import type { EventContext } from "../github/event-context.ts";
import type { EventHandler, EventName } from "../github/event-handler.ts";
import { onMergeGroup } from "../pulls/merge-groups/on-merge-group.ts";
import { onCheckSuiteRequested, onCheckSuiteRerequested } from "../pulls/on-check-suite.ts";
import { onPullRequest, onPullRequestEdited } from "../pulls/on-pull-request.ts";
import { onSchedule } from "../rollouts/on-schedule.ts";
import { onDeploymentStatus } from "./on-deployment-status.ts";
import { onPush } from "./on-push.ts";
import { onWorkflowRun } from "./on-workflow-run.ts";

/** `schedule`: a clock came round, which no webhook tells of. */
export type Routes = { readonly [Event in EventName]?: EventHandler<Event> } & {
  readonly schedule?: Pick<EventHandler<"push">, "concerns"> & ((context: EventContext) => Promise<void>);
};

/** The App: which handler takes which event. */
export const ROUTES: Routes = {
  "check_run.requested_action": onCheckRunAction,
  "check_run.rerequested": onCheckRunRerequested,
  "check_suite.requested": onCheckSuiteRequested,
  "check_suite.rerequested": onCheckSuiteRerequested,
  "deployment_status.created": onDeploymentStatus,
  "issue_comment.created": onIssueComment,
  "merge_group.checks_requested": onMergeGroup,
  "pull_request.closed": onPullRequest,
  "pull_request.edited": onPullRequestEdited,
  "pull_request.opened": onPullRequest,
  "pull_request.ready_for_review": onPullRequest,
  "pull_request.reopened": onPullRequest,
  "pull_request.synchronize": onPullRequest,
  push: onPush,
  schedule: onSchedule,
  "workflow_run.completed": onWorkflowRun,
  "workflow_run.in_progress": onWorkflowRun,
  "workflow_run.requested": onWorkflowRun,
};

/** The handler for an event as GitHub names it, by its action first; undefined for what the App does not listen to. */
export function findRoute(routes: Routes, event: string, action: unknown): EventHandler<EventName> | undefined {
  const named = typeof action === "string" ? `${event}.${action}` : event;
  for (const name of [named, event]) {
    if (Object.hasOwn(routes, name)) return routes[name as EventName] as EventHandler<EventName>;
  }
  return undefined;
}
