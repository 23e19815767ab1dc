import { z } from "zod";
import { commandLines } from "../commands/grammar/read-comment.ts";
import { commentKey } from "../intake/event-key.ts";
import type { Delivery } from "../intake/intake.ts";
import { foundEvent, type Search } from "./finding.ts";
import { replyKeyOf } from "./replies.ts";
import { wasEdited } from "./was-edited.ts";

const Comment = z.object({
  id: z.int(),
  body: z.string().nullish(),
  user: z.object({ login: z.string(), type: z.string() }).nullish(),
});

/** Comments of people that hold commands and have no reply of ours yet, oldest first, as GitHub has them now. */
export async function* findComments(search: Search): AsyncGenerator<Delivery> {
  const { installed, listings, app, knows, since } = search;
  const { octokit, repository } = installed;
  const { owner, name: repo } = repository;
  const about = { owner, repo, sort: "created", direction: "desc", since: since.toISOString() };
  const comments = await listings.read(octokit, "GET /repos/{owner}/{repo}/issues/comments", about, (comment) => {
    const { id, body, user } = Comment.safeParse(comment).data ?? {};
    if (id === undefined || !body || !user) return undefined;
    if (user.login === app.login) return { id, replied: replyKeyOf(body) ?? "" };
    return user.type === "User" && commandLines(body).length > 0 ? { id, replied: undefined } : undefined;
  });
  const replied = new Set(comments.flatMap((comment) => comment.replied ?? []));
  for (const { id, replied: ours } of comments.reverse()) {
    const key = commentKey(repository.id, id);
    if (ours !== undefined || replied.has(String(id)) || knows(key)) continue;
    const { data: comment } = await octokit.rest.issues.getComment({ owner, repo, comment_id: id });
    const number = Number(/\/(\d+)$/.exec(comment.issue_url)?.[1]);
    const { data: issue } = await octokit.rest.issues.get({ owner, repo, issue_number: number });
    const edited = comment.updated_at !== comment.created_at || (await wasEdited(octokit, comment.node_id));
    const found = { ...comment, edited };
    yield foundEvent(search, "issue_comment", key, { action: "created", issue, comment: found, sender: comment.user });
  }
}
