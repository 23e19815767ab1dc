import type { ProbotOctokit } from "probot";

/** GitHub keeps deliveries for three days. */
const KEPT = 3 * 86_400_000;
/** Pages of a hundred: what was redelivered with success is among the newest. */
const NEWEST = 5;
/** Times that one delivery is asked for by one process. */
const TIMES = 3;
const AT_ONCE = 100;

/**
 * Has GitHub send again what did not reach the App: each failed delivery that no later attempt of has succeeded.
 * `asked` counts by delivery, and is kept by the caller. Resolves to how many were asked for.
 */
export async function redeliver(octokit: ProbotOctokit, asked: Map<string, number>, now: Date): Promise<number> {
  const since = now.getTime() - KEPT;
  const failed = new Map<string, number>();
  const failures = octokit.paginate.iterator(octokit.rest.apps.listWebhookDeliveries, {
    status: "failure",
    per_page: 100,
  });
  pages: for await (const { data } of failures) {
    for (const { id, guid, delivered_at: at } of data) {
      if (Date.parse(at) < since) break pages;
      // The newest attempt comes first, and is the one to repeat.
      if (!failed.has(guid)) failed.set(guid, id);
    }
  }
  for (const guid of [...failed.keys()]) if ((asked.get(guid) ?? 0) >= TIMES) failed.delete(guid);
  if (failed.size === 0) return 0;
  await leaveOutArrived(octokit, failed);
  const next = [...failed].reverse().slice(0, AT_ONCE);
  for (const [guid, id] of next) {
    asked.set(guid, (asked.get(guid) ?? 0) + 1);
    await octokit.rest.apps.redeliverWebhookDelivery({ delivery_id: id });
  }
  return next.length;
}

async function leaveOutArrived(octokit: ProbotOctokit, failed: Map<string, number>): Promise<void> {
  let page = 0;
  const arrived = octokit.paginate.iterator(octokit.rest.apps.listWebhookDeliveries, {
    status: "success",
    per_page: 100,
  });
  for await (const { data } of arrived) {
    for (const { guid } of data) failed.delete(guid);
    page += 1;
    if (page === NEWEST) return;
  }
}
