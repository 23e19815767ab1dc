import { z } from "zod";
import { CommitId } from "../../schemas/names.ts";
import type { EventContext } from "../github/event-context.ts";
import type { EventHandler } from "../github/event-handler.ts";
import { publishPullRequest } from "./publish.ts";
import { recheckPullRequest } from "./recheck.ts";
import { knownOpenPulls } from "./state/pull-request-cache.ts";

const CheckSuite = z.object({
  head_sha: CommitId,
  pull_requests: z.array(z.object({ number: z.int(), base: z.object({ repo: z.object({ id: z.int() }) }) })),
});

/** A commit was pushed whose checks GitHub waits for. */
export const onCheckSuiteRequested: EventHandler<"check_suite.requested"> = async (context, payload) => {
  for (const number of pullsOf(context, payload.check_suite)) await publishPullRequest(context, number);
};

// GitHub names no pull request of a fork: there it is the pull request's own event that tells.
onCheckSuiteRequested.concerns = (payload) => {
  const { data } = z.object({ check_suite: CheckSuite }).safeParse(payload);
  return data === undefined || data.check_suite.pull_requests.length > 0;
};

/** Somebody asked for all checks of a commit again. */
export const onCheckSuiteRerequested: EventHandler<"check_suite.rerequested"> = async (context, payload) => {
  for (const number of pullsOf(context, payload.check_suite)) await recheckPullRequest(context, number);
};

/** GitHub names no pull request of a fork. */
function pullsOf(context: EventContext, payload: unknown): Set<number> {
  const { head_sha, pull_requests } = CheckSuite.parse(payload);
  const named = pull_requests.filter(({ base }) => base.repo.id === context.repository.id).map(({ number }) => number);
  const known = knownOpenPulls(context).filter(({ head }) => head === head_sha);
  return new Set([...named, ...known.map(({ number }) => number)]);
}
