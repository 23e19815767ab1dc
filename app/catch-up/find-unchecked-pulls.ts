import { pullKey } from "../intake/event-key.ts";
import type { Delivery } from "../intake/intake.ts";
import { CHECK } from "../pulls/checks/check.ts";
import { foundEvent, type Search } from "./finding.ts";

/** Open pull requests whose head has no `Slipway` check of ours: as if they had just been pushed to. */
export async function* findUncheckedPulls(search: Search): AsyncGenerator<Delivery> {
  const { installed, app, knows, pulls } = search;
  const { octokit, repository } = installed;
  const { owner, name: repo } = repository;
  for (const { number, head } of pulls) {
    const key = pullKey(repository.id, number, head.sha);
    if (knows(key)) continue;
    const checks = { owner, repo, ref: head.sha, check_name: CHECK, app_id: app.id, per_page: 1 };
    const { data } = await octokit.rest.checks.listForRef(checks);
    if (data.total_count > 0) continue;
    const { data: pull } = await octokit.rest.pulls.get({ owner, repo, pull_number: number });
    if (pull.state !== "open") continue;
    yield foundEvent(search, "pull_request", pullKey(repository.id, number, pull.head.sha), {
      action: "synchronize",
      number,
      pull_request: pull,
      sender: pull.user,
    });
  }
}
