import { z } from "zod";
import { sha256 } from "../../core/canonical.ts";
import { SlipwayError } from "../../core/errors.ts";
import type { Account } from "../github/account.ts";
import type { Handler } from "../github/event-handler.ts";
import { publishPullRequest } from "../pulls/publish.ts";
import { isAnswered } from "../pulls/reply.ts";
import { answerAll } from "./answer-all.ts";
import { IssueComment, isPersonal, isUnchanged, readComment, seen } from "./comment.ts";
import { commandLines, type Line, MOST_COMMANDS, readLine } from "./grammar/read-comment.ts";
import { type Answered, publishAnswers } from "./publish-answers.ts";
import { refused } from "./run/answer.ts";

/**
 * Somebody wrote a comment. Only its creation counts, only a person's, and only as it was written: what was edited or
 * deleted before it was read asks for nothing.
 */
export const onIssueComment: Handler<"issue_comment.created"> = async (given, { comment: payload, issue, sender }) => {
  const told = IssueComment.parse(payload);
  const lines = commandLines(told.body);
  if (lines.length === 0 || !isPersonal(told, sender)) return;
  const { number, state, pull_request: of } = issue;
  const thread = { number, pull: of && { merged: Boolean(of.merged_at), open: state === "open" } };
  const [before, comment] = await Promise.all([seen(given, told.id), readComment(given, told.id)]);
  const host = { ...given, again: given.again || before };
  const reply = { key: String(told.id), since: new Date(told.created_at) };
  if (host.again && (await isAnswered(host, number, reply.key, reply.since))) {
    // It was answered after everything that it asked for was done; what shows it may have been cut off.
    if (thread.pull) await publishPullRequest(host, number);
    return;
  }
  if (!comment?.user) return;

  const refusal = refusalOf(lines, isUnchanged(comment, told));
  const request = requestOf(comment, comment.user, host.repository.fullName, number);
  const answered = refusal ?? (await answerAll(host, thread, request, wishesOf(lines)));

  await publishAnswers(host, { number, pull: thread.pull !== undefined }, answered, reply);
};

onIssueComment.concerns = (payload) => {
  const { data } = Asking.safeParse(payload);
  return data === undefined || (isPersonal(data.comment, data.sender) && commandLines(data.comment.body).length > 0);
};

const Asking = z.object({ comment: IssueComment, sender: z.object({ id: z.int(), type: z.string() }) });

/** Why nothing in the comment counts. */
function refusalOf(lines: readonly Line[], unchanged: boolean): Answered[] | undefined {
  const say = (error: SlipwayError) => lines.slice(0, 1).map(({ text }) => ({ asked: text, answer: refused(error) }));
  if (!unchanged) {
    const message = "This comment was edited before it was read, so nothing in it counts.";
    return say(new SlipwayError("COMMENT_EDITED", message, { hint: "Write it again, as a new comment." }));
  }
  if (lines.length <= MOST_COMMANDS) return undefined;
  const message = `A comment may hold ${MOST_COMMANDS} commands, and this one holds ${lines.length}: none was done.`;
  return say(new SlipwayError("USAGE", message, { hint: "Spread them over several comments." }));
}

function requestOf(
  { id, body, created_at, html_url: url }: IssueComment,
  account: Account,
  repository: string,
  issue: number,
) {
  return {
    account,
    at: new Date(created_at),
    source: { kind: "comment" as const, repository, issue, id: String(id), body_sha256: sha256(body), url },
  };
}

function wishesOf(lines: readonly Line[]) {
  return lines.map((line) => ({
    asked: line.text,
    place: line.place,
    read: (known: Parameters<typeof readLine>[1]) => readLine(line, known),
  }));
}
