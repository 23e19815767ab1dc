import { z } from "zod";
import { CommitId } from "../../schemas/names.ts";
import type { Host } from "../github/event-context.ts";
import type { Handler } from "../github/event-handler.ts";
import { publishPullRequest } from "./publish.ts";
import { recheckPullRequest } from "./recheck.ts";
import { knownOpenPulls } from "./state/pull-request-cache.ts";

const CheckSuite = z.object({
  head_sha: CommitId,
  pull_requests: z.array(z.object({ number: z.int(), base: z.object({ repo: z.object({ id: z.int() }) }) })),
});

/** A commit was pushed whose checks GitHub waits for. */
export const onCheckSuiteRequested: Handler<"check_suite.requested"> = async (host, payload) => {
  for (const number of pullsOf(host, payload.check_suite)) await publishPullRequest(host, number);
};

// GitHub names no pull request of a fork: there it is the pull request's own event that tells.
onCheckSuiteRequested.concerns = (payload) => {
  const { data } = z.object({ check_suite: CheckSuite }).safeParse(payload);
  return data === undefined || data.check_suite.pull_requests.length > 0;
};

/** Somebody asked for all checks of a commit again. */
export const onCheckSuiteRerequested: Handler<"check_suite.rerequested"> = async (host, payload) => {
  for (const number of pullsOf(host, payload.check_suite)) await recheckPullRequest(host, number);
};

/** GitHub names no pull request of a fork. */
function pullsOf(host: Host, payload: unknown): Set<number> {
  const { head_sha, pull_requests } = CheckSuite.parse(payload);
  const named = pull_requests.filter(({ base }) => base.repo.id === host.repository.id).map(({ number }) => number);
  const known = knownOpenPulls(host).filter(({ head }) => head === head_sha);
  return new Set([...named, ...known.map(({ number }) => number)]);
}
