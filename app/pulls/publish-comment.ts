import { z } from "zod";
import { isNotFound } from "../../core/attested/find-artifact.ts";
import { sha256 } from "../../core/canonical.ts";
import type { EventContext } from "../github/event-context.ts";
import { repositoryCache } from "../repositories/repository-cache.ts";
import { MARKER } from "./render/comment.ts";

/** By pull request: the comment's id, and what it says; `none` if it was looked for, and there is none. */
const commentsOf = repositoryCache<number, { id: number; digest: string } | "none">();

/**
 * Brings the pull request's one comment up to date. It makes one call if the comment's id is known, none if the
 * comment says the same already. A deleted comment is written again. If there is no comment and `create` is false,
 * none is written.
 */
export async function publishComment(
  context: EventContext,
  pull: number,
  body: string,
  create: boolean,
): Promise<void> {
  const comments = commentsOf(context);
  const where = { owner: context.repository.owner, repo: context.repository.name };
  const digest = sha256(body);
  const known = comments.get(pull) ?? (await findComment(context, pull));
  if (known !== "none") {
    if (known.digest === digest) return;
    try {
      await context.octokit.rest.issues.updateComment({ ...where, comment_id: known.id, body });
      comments.set(pull, { id: known.id, digest });
      return;
    } catch (error) {
      if (!isNotFound(error)) throw error;
      comments.set(pull, "none");
    }
  }
  if (!create) return;
  // A lost answer must not make a second comment: the event is handled again, and finds the one that is there.
  comments.delete(pull);
  const request = { retries: 0 };
  const { data } = await context.octokit.rest.issues.createComment({ ...where, issue_number: pull, body, request });
  comments.set(pull, { id: data.id, digest });
}

const IssueComment = z.object({
  id: z.int(),
  body: z.string().nullish(),
  user: z.object({ login: z.string() }).nullish(),
});

const PAGE = 100;
const MOST_PAGES = 20;

/** By its first line and its author: anybody may write the marker into a comment of their own. */
async function findComment(context: EventContext, pull: number) {
  const comments = commentsOf(context);
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const { data } = await context.octokit.rest.issues.listComments({
      ...{ owner: context.repository.owner, repo: context.repository.name },
      ...{ issue_number: pull, per_page: PAGE, page },
    });
    const found = data
      .map((comment) => IssueComment.parse(comment))
      .find(({ body, user }) => user?.login === context.app.login && body?.startsWith(MARKER));
    if (found !== undefined) {
      const published = { id: found.id, digest: sha256(found.body ?? "") };
      comments.set(pull, published);
      return published;
    }
    if (data.length < PAGE) break;
  }
  comments.set(pull, "none");
  return "none" as const;
}
