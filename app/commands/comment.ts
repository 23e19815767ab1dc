import { z } from "zod";
import type { EventContext } from "../github/event-context.ts";

/** What the App reads of a comment, in a webhook and in an answer of REST alike. */
export const IssueComment = z.object({
  id: z.int().min(1),
  body: z.string().max(70_000),
  created_at: z.string(),
  updated_at: z.string(),
  html_url: z.string().max(500),
  user: z.object({ id: z.int(), login: z.string().max(100), type: z.string() }).nullable(),
  performed_via_github_app: z.unknown().optional(),
  /** Said of a comment that was found, which no webhook shows as it was written. */
  edited: z.boolean().optional(),
});
export type IssueComment = z.infer<typeof IssueComment>;

/** Whether a person wrote the comment: neither a bot, nor an App in a person's name. */
export function isPersonal(
  { user, performed_via_github_app }: IssueComment,
  sender: { id: number; type: string },
): boolean {
  return (
    user !== null &&
    user.type === "User" &&
    sender.type === "User" &&
    sender.id === user.id &&
    !performed_via_github_app
  );
}

/** The comment as GitHub has it now; undefined if it was deleted. */
export async function readComment(
  { octokit, repository }: EventContext,
  id: number,
): Promise<IssueComment | undefined> {
  try {
    const { data } = await octokit.rest.issues.getComment({
      ...{ owner: repository.owner, repo: repository.name, comment_id: id },
    });
    return IssueComment.parse(data);
  } catch (error) {
    if (error instanceof Error && "status" in error && (error.status === 404 || error.status === 410)) return undefined;
    throw error;
  }
}

/**
 * Reacts to the comment at once, so that its author sees that it was read. Resolves to whether the App had reacted
 * before: GitHub keeps one reaction of a kind, and says if it was there. If GitHub takes no reaction, nothing is
 * lost.
 */
export async function seen({ octokit, repository, log }: EventContext, id: number): Promise<boolean> {
  try {
    const { status } = await octokit.rest.reactions.createForIssueComment({
      ...{ owner: repository.owner, repo: repository.name, comment_id: id, content: "eyes" },
    });
    return status === 200;
  } catch (error) {
    log.info({ err: error, comment: id }, "no reaction");
    return false;
  }
}

/** Whether the comment still says what it said when it was written: an edit can turn any text into a command. */
export function isUnchanged(read: IssueComment, told: IssueComment): boolean {
  const asWritten = read.updated_at === read.created_at && !told.edited;
  return asWritten && read.body === told.body && read.user?.id === told.user?.id;
}
