import { z } from "zod";
import { CHECK } from "../checks/check.ts";
import { pullKey } from "../event-key.ts";
import type { Delivery } from "../intake.ts";
import { foundEvent, type Search } from "./finding.ts";

const Pull = z.object({ number: z.int(), head: z.object({ sha: z.string() }) });

/** Open pull requests whose head has no `Slipway` check of ours: as if they had just been pushed to. */
export async function* findPulls(search: Search): AsyncGenerator<Delivery> {
  const { installed, listings, app, knows } = search;
  const { octokit, repository } = installed;
  const { owner, name: repo } = repository;
  const about = { owner, repo, state: "open", sort: "updated", direction: "desc" };
  const pulls = await listings.read(
    octokit,
    "GET /repos/{owner}/{repo}/pulls",
    about,
    (pull) => Pull.safeParse(pull).data,
  );
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
