import { z } from "zod";
import { readPolicy } from "../../core/acts/policy.ts";
import { sha256 } from "../../core/canonical.ts";
import { CommitId } from "../../schemas/names.ts";
import type { EventContext } from "../github/event-context.ts";
import type { EventHandler } from "../github/event-handler.ts";
import { CHECK } from "../pulls/checks/check.ts";
import { publishPullRequest } from "../pulls/publish.ts";
import { recheckPullRequest } from "../pulls/recheck.ts";
import { isAnswered } from "../pulls/reply.ts";
import { knownPull } from "../pulls/state/pull-request-cache.ts";
import { defaultTip } from "../repositories/read-mirror.ts";
import { answerAll } from "./answer-all.ts";
import { readButton } from "./grammar/buttons.ts";
import { publishAnswers } from "./publish-answers.ts";
import { requesterOf } from "./run/requester.ts";
import { rerunPipeline } from "./run/rerun-pipeline.ts";

const CheckRun = z.object({
  name: z.string(),
  head_sha: CommitId,
  external_id: z.string().nullish(),
  app: z.object({ id: z.int() }).nullish(),
  conclusion: z.string().nullish(),
  started_at: z.string().nullish(),
  completed_at: z.string().nullish(),
});

/** What a check of ours is about; undefined for another App's, whatever it is called. */
function ownCheck(context: EventContext, payload: unknown) {
  const { external_id, app, started_at, completed_at, ...check } = CheckRun.parse(payload);
  if (app?.id !== context.app.id) return undefined;
  const [, pull, group] = /^(?:pr:(\d{1,9})|merge-group:([0-9a-f]{40}))$/.exec(external_id ?? "") ?? [];
  const ended = new Date(completed_at ?? started_at ?? 0);
  return { ...check, ended, pull: pull === undefined ? undefined : Number(pull), group };
}

/**
 * A person asked for a check again. If the pipeline failed, its failed jobs run again; otherwise the check is made
 * anew from what is known.
 */
export const onCheckRunRerequested: EventHandler<"check_run.rerequested"> = async (context, { check_run, sender }) => {
  const check = ownCheck(context, check_run);
  if (check === undefined || (check.pull === undefined && check.group === undefined)) return;
  await context.refresh(check.pull === undefined ? [] : [check.pull]);
  const refusal = await requesterOf(context, sender).authorize("retry")(
    await readPolicy(context.ports, await defaultTip(context)),
  );
  if (refusal) return context.log.info({ by: sender.login, code: refusal.code }, "a check is not run again");

  const event = check.pull === undefined ? "merge_group" : "pull_request";
  const wanted = { commit: check.head_sha, event, asked: check.ended, failedOnly: true } as const;
  const rerun =
    check.name === CHECK && check.conclusion !== "success" ? await rerunPipeline(context, wanted) : undefined;
  // The run that begins brings the checks up to date by itself.
  if (check.pull !== undefined && rerun?.outcome !== "started") await recheckPullRequest(context, check.pull);
};

/**
 * A person pressed a button: it is the same as a comment with the button's command, and is answered on the pull
 * request.
 */
export const onCheckRunAction: EventHandler<"check_run.requested_action"> = async (context, payload) => {
  const check = ownCheck(context, payload.check_run);
  const { requested_action: action, sender } = payload;
  const identifier = action?.identifier;
  if (check?.pull === undefined || identifier === undefined || sender.type !== "User") return;
  const number = check.pull;
  const key = `button-${sha256(context.delivery).slice(0, 32)}`;
  // Nothing in the event says whether it is late, as a comment's time does: so it is always looked for.
  if (await isAnswered(context, number, key, check.ended)) return publishPullRequest(context, number);

  const { state } = await knownPull(context, number);
  const thread = { number, pull: { merged: state === "merged", open: state === "open" } };
  const source = {
    kind: "button" as const,
    repository: context.repository.fullName,
    issue: number,
    id: context.delivery,
  };
  const answered = await answerAll(context, thread, { account: sender, at: check.ended, source }, [
    {
      asked: `/${identifier}, pressed by ${sender.login}`,
      place: 0,
      read: (known, thread) => readButton(identifier, check.head_sha, known, thread),
    },
  ]);

  await publishAnswers(context, { number, pull: true }, answered, { key, since: check.ended, again: false });
};
