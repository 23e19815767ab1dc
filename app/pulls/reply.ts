import type { EventContext } from "../github/event-context.ts";

/**
 * Writes one comment that answers what `key` names, once. If the event may have come before (`again`), it first
 * looks for such a comment, by the hidden marker and the author; looking costs a call.
 */
export async function reply(
  context: EventContext,
  issue: number,
  body: string,
  key: string,
  { again = context.again, since }: { again?: boolean; since?: Date | undefined } = {},
): Promise<void> {
  if (again && (await isAnswered(context, issue, key, since))) return;
  await context.octokit.rest.issues.createComment({
    ...{ owner: context.repository.owner, repo: context.repository.name },
    ...{ issue_number: issue, body: `${markerOf(key)}\n${body}` },
    // A lost answer must not make a second comment: the event is handled again, and finds this one.
    request: { retries: 0 },
  });
}

/** Whether the App has answered. Anybody may write the marker, so the author counts too. */
export async function isAnswered(context: EventContext, issue: number, key: string, since?: Date): Promise<boolean> {
  const { octokit, repository, app } = context;
  const pages = octokit.paginate.iterator(octokit.rest.issues.listComments, {
    ...{ owner: repository.owner, repo: repository.name, issue_number: issue, per_page: 100 },
    ...(since === undefined ? {} : { since: since.toISOString() }),
  });
  const marker = markerOf(key);
  for await (const { data } of pages) {
    if (data.some(({ user, body }) => user?.login === app.login && body?.startsWith(marker))) return true;
  }
  return false;
}

function markerOf(key: string): string {
  if (!/^[A-Za-z0-9-]{1,100}$/.test(key)) throw new Error(`${JSON.stringify(key)} cannot be a reply's key`);
  return `<!-- slipway:reply ${key} -->`;
}
