import { z } from "zod";
import type { EventContext } from "../github/event-context.ts";
import type { KnownIssue } from "./decide-issue.ts";
import { readIssueMarks } from "./issue-body.ts";

/** What the App reads of an issue, in a webhook and in an answer of REST alike. */
export const MonitoringIssue = z.object({
  number: z.int().min(1),
  state: z.enum(["open", "closed"]),
  body: z.string().max(300_000).nullish(),
  user: z.object({ login: z.string().max(100) }).nullish(),
  pull_request: z.unknown().optional(),
});
export type MonitoringIssue = z.infer<typeof MonitoringIssue>;

/** On these issues for people to find them by. The App does not go by it: whoever may triage may take it away. */
export const LABEL = "slipway-monitor";

/** An issue that the App keeps, with its whole body. */
export type OwnIssue = KnownIssue & { body: string };

/** The issue as the App keeps it; undefined for one of somebody else, who may have copied the marks. */
export function ownIssue(
  { number, state, body, user, pull_request: pull }: MonitoringIssue,
  app: EventContext["app"],
): OwnIssue | undefined {
  if (user?.login !== app.login || pull || !body) return undefined;
  const marks = readIssueMarks(body);
  return marks && { ...marks, number, state, body };
}

const MOST_PAGES = 20;

/**
 * The App's issues of alarms, by model: the open one, otherwise the newest. One call for each 100 issues and pull requests that the
 * App has open, and for each 100 that it ever opened, as far as 2,000 of each: an open one is found however many came after it.
 */
export async function findIssues(context: EventContext): Promise<Map<string, OwnIssue>> {
  const found = new Map<string, OwnIssue>();
  for (const state of ["open", "all"] as const) await findIn(context, state, found);
  return found;
}

async function findIn(
  { octokit, repository, app }: EventContext,
  state: "open" | "all",
  found: Map<string, OwnIssue>,
): Promise<void> {
  const asked = { owner: repository.owner, repo: repository.name, state, creator: app.login } as const;
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const { data } = await octokit.rest.issues.listForRepo({ ...asked, per_page: 100, page });
    for (const item of data) {
      const issue = ownIssue(MonitoringIssue.parse(item), app);
      // The newest comes first.
      if (issue !== undefined && !found.has(issue.model)) found.set(issue.model, issue);
    }
    if (data.length < 100) break;
  }
}
