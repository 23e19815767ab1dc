import { z } from "zod";
import { sha256 } from "../../core/canonical.ts";
import { SlipwayError } from "../../core/errors.ts";
import type { Account } from "../github/account.ts";
import type { EventHandler } from "../github/event-handler.ts";
import { MonitoringIssue, ownIssue } from "../monitoring/find-issues.ts";
import { publishPullRequest } from "../pulls/publish.ts";
import { isAnswered } from "../pulls/reply.ts";
import { answerAll } from "./answer-all.ts";
import { IssueComment, isPersonal, isUnchanged, readComment, seen } from "./comment.ts";
import { type CommandLine, commandLines, MOST_COMMANDS, readLine } from "./grammar/read-comment.ts";
import { type Answered, publishAnswers } from "./publish-answers.ts";
import { refusedAnswer } from "./run/answer.ts";

/**
 * A person wrote a comment. Only a new comment of a person counts, and only as it was written: a comment that was
 * edited or deleted before it was read asks for nothing.
 */
export const onIssueComment: EventHandler<"issue_comment.created"> = async (
  given,
  { comment: payload, issue, sender },
) => {
  const told = IssueComment.parse(payload);
  const lines = commandLines(told.body);
  if (lines.length === 0 || !isPersonal(told, sender)) return;
  const { number, state, pull_request: of } = issue;
  const alarmsOf = ownIssue(MonitoringIssue.parse(issue), given.app)?.model;
  const thread = { number, pull: of && { merged: Boolean(of.merged_at), open: state === "open" }, alarmsOf };
  const [before, comment] = await Promise.all([seen(given, told.id), readComment(given, told.id)]);
  const context = { ...given, again: given.again || before };
  const reply = { key: String(told.id), since: new Date(told.created_at) };
  if (context.again && (await isAnswered(context, number, reply.key, reply.since))) {
    // It was answered after everything that it asked for was done; what shows it may have been cut off.
    if (thread.pull) await publishPullRequest(context, number);
    return;
  }
  if (!comment?.user) return;

  const refusal = refusalOf(lines, isUnchanged(comment, told));
  const request = originOf(comment, comment.user, context.repository.fullName, number);
  const answered = refusal ?? (await answerAll(context, thread, request, requestedCommands(lines)));

  await publishAnswers(context, { number, pull: thread.pull !== undefined }, answered, reply);
};

onIssueComment.concerns = (payload) => {
  const { data } = Asking.safeParse(payload);
  return data === undefined || (isPersonal(data.comment, data.sender) && commandLines(data.comment.body).length > 0);
};

const Asking = z.object({ comment: IssueComment, sender: z.object({ id: z.int(), type: z.string() }) });

/** Why nothing in the comment counts. */
function refusalOf(lines: readonly CommandLine[], unchanged: boolean): Answered[] | undefined {
  const say = (error: SlipwayError) =>
    lines.slice(0, 1).map(({ text }) => ({ asked: text, answer: refusedAnswer(error) }));
  if (!unchanged) {
    const message = "This comment was edited before it was read, so nothing in it counts.";
    return say(new SlipwayError("COMMENT_EDITED", message, { hint: "Write it again, as a new comment." }));
  }
  if (lines.length <= MOST_COMMANDS) return undefined;
  const message = `A comment may hold ${MOST_COMMANDS} commands, and this one holds ${lines.length}: none was done.`;
  return say(new SlipwayError("USAGE", message, { hint: "Spread them over several comments." }));
}

function originOf(
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

function requestedCommands(lines: readonly CommandLine[]) {
  return lines.map((line) => ({
    asked: line.text,
    place: line.place,
    read: (known: Parameters<typeof readLine>[1]) => readLine(line, known),
  }));
}
