import type { ProbotOctokit } from "probot";

/** GitHub keeps deliveries for three days. */
const KEPT = 3 * 86_400_000;
/** Pages of a hundred: what was redelivered with success, and what was pressed last, is among the newest. */
const NEWEST = 5;
/** Times that one delivery is asked for by one process. */
const TIMES = 3;
const AT_ONCE = 100;
/** What GitHub shows nowhere but in its deliveries, unlike a comment or a run. */
const BUTTONS: ReadonlySet<string | null> = new Set(["requested_action", "rerequested"]);

export interface Redelivering {
  /** Counts by delivery; the caller keeps it. */
  asked: Map<string, number>;
  /** Whether this process took a delivery, by its id. */
  knows(guid: string): boolean;
  now: Date;
}

/**
 * Asks GitHub to send again what did not reach the App: each failed delivery that no later attempt delivered. It
 * also asks for presses of buttons that reached an earlier process of the App, which may have died before it acted;
 * the handler looks whether they were answered. Resolves to how many deliveries were asked for.
 */
export async function redeliver(octokit: ProbotOctokit, { asked, knows, now }: Redelivering): Promise<number> {
  const since = now.getTime() - KEPT;
  const wanted = await failedDeliveries(octokit, since);
  for (const { guid, id, event, action } of await newestArrived(octokit, since)) {
    if (event === "check_run" && BUTTONS.has(action) && !knows(guid)) wanted.set(guid, id);
    else wanted.delete(guid);
  }
  for (const guid of [...wanted.keys()]) if ((asked.get(guid) ?? 0) >= TIMES) wanted.delete(guid);
  const next = [...wanted].reverse().slice(0, AT_ONCE);
  for (const [guid, id] of next) {
    asked.set(guid, (asked.get(guid) ?? 0) + 1);
    await octokit.rest.apps.redeliverWebhookDelivery({ delivery_id: id });
  }
  return next.length;
}

/** The newest attempt of each, which is the one to repeat, by the id that all its attempts share. */
async function failedDeliveries(octokit: ProbotOctokit, since: number): Promise<Map<string, number>> {
  const failed = new Map<string, number>();
  const about = { status: "failure", per_page: 100 } as const;
  for await (const { data } of octokit.paginate.iterator(octokit.rest.apps.listWebhookDeliveries, about)) {
    for (const { id, guid, delivered_at: at } of data) {
      if (Date.parse(at) < since) return failed;
      if (!failed.has(guid)) failed.set(guid, id);
    }
  }
  return failed;
}

async function newestArrived(octokit: ProbotOctokit, since: number) {
  const arrived = [];
  let page = 0;
  const about = { status: "success", per_page: 100 } as const;
  for await (const { data } of octokit.paginate.iterator(octokit.rest.apps.listWebhookDeliveries, about)) {
    for (const delivery of data) {
      if (Date.parse(delivery.delivered_at) < since) return arrived;
      arrived.push(delivery);
    }
    page += 1;
    if (page === NEWEST) return arrived;
  }
  return arrived;
}
