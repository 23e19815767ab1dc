import { basename } from "node:path/posix";
import { readPolicy } from "../../../core/acts/policy.ts";
import { SlipwayError } from "../../../core/errors.ts";
import { WORKFLOWS } from "../../../core/github.ts";
import type { PullResult } from "../../../schemas/pull-result.ts";
import { readRecords } from "../../pulls/state/records.ts";
import { defaultTip } from "../../repositories/read-mirror.ts";
import { type Answer, deniedAnswer } from "./answer.ts";
import type { CommandContext } from "./command-context.ts";

/**
 * `/score`: starts slipway-score.yml for what the pull request's run predicted, which a fork's does not do by itself. A comment
 * names no commit, so it means the one that was reported here before it was written: a push that came since is not scored by it.
 */
export async function score({ context, requester, thread, at }: CommandContext): Promise<Answer> {
  const refusal = await requester.authorize("score")(await readPolicy(context.ports, await defaultTip(context)));
  if (refusal) return deniedAnswer(refusal);
  if (thread.kind !== "pull" || thread.state !== "open") throw nothing("This is no open pull request.");
  const records = [...(await readRecords(context, thread.number)).values()];
  const waiting = records.filter(({ head, result }) => head === thread.head && result?.unscored !== undefined);
  const [newest] = waiting.sort((a, b) => b.run.id - a.run.id);
  if (newest === undefined) throw nothing("No model of this pull request waits for a score at its newest commit.");
  // GitHub tells a comment's time in whole seconds.
  const seconds = (moment: Date) => Math.floor(moment.getTime() / 1_000);
  if (seconds(new Date(newest.recorded_at)) > seconds(at)) {
    throw nothing(
      "The newest commit was reported after this was asked for.",
      "Look at it, and comment `/score` again.",
    );
  }
  await dispatch(context, newest);
  return {
    sign: "done",
    title: `The predictions of ${newest.head.slice(0, 12)} are being scored on sealed labels`,
    said: ["The comment and the checks follow when that has ended."],
    link: { text: "the run that predicted", url: newest.run.url },
  };
}

/** Twice is harmless: the newer score of a run counts, and both are of the same predictions. */
async function dispatch(
  { octokit, repository }: CommandContext["context"],
  { run: { id: run, attempt }, head }: PullResult,
): Promise<void> {
  await octokit.rest.actions.createWorkflowDispatch({
    ...{ owner: repository.owner, repo: repository.name, workflow_id: basename(WORKFLOWS.score.path) },
    ...{ ref: repository.defaultBranch, inputs: { run: String(run), attempt: String(attempt), head } },
    request: { retries: 0 },
  });
}

function nothing(message: string, hint?: string): SlipwayError {
  return new SlipwayError("NOTHING_TO_SCORE", message, hint === undefined ? {} : { hint });
}
