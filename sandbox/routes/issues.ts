import { z } from "zod";
import { levelOf, reaches } from "../auth/levels.ts";
import { emit } from "../events/emit.ts";
import type { Call, Route } from "../http/call.ts";
import { notFound, Refusal } from "../http/refusal.ts";
import { addIssue } from "../pulls/open.ts";
import type { Comment, Issue, Reaction } from "../state.ts";
import { showComment, showIssue, showReaction } from "../views/issue.ts";

/** GitHub takes either permission where an issue is a pull request, and it does not tell which was missing. */
const READ = { app: ["issues:read", "pull_requests:read"], person: "read" } as const;
const WRITE = { app: ["issues:write", "pull_requests:write"], person: "read" } as const;
const MOST_CHARACTERS = 65_536;

const Body = z.object({
  body: z
    .string()
    .refine((body) => body.trim() !== "", "Body cannot be blank")
    .refine(
      (body) => [...body].length <= MOST_CHARACTERS,
      `body is too long (maximum is ${MOST_CHARACTERS} characters)`,
    ),
});
const NewIssue = z.object({ title: z.string().min(1), body: z.string().nullish() });
const IssueEdit = NewIssue.extend({ state: z.enum(["open", "closed"]) }).partial();
const NewReaction = z.object({
  content: z.enum(["+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"]),
});

export const issueRoutes: readonly Route[] = [
  {
    on: "POST /repos/:owner/:repo/issues",
    needs: { app: ["issues:write"], person: "read" },
    handle: async (call) => {
      const { title, body = null } = await call.body(NewIssue);
      const issue = addIssue(call.state, call.repo, call.account, title, body);
      emitIssue(call, issue, "opened");
      return { status: 201, body: showIssue(call.state, call.repo, issue) };
    },
  },
  {
    on: "GET /repos/:owner/:repo/issues",
    needs: READ,
    handle: (call) => {
      const wanted = call.query("state") ?? "open";
      const list = since(call, [...call.repo.issues.values()])
        .filter(({ state }) => wanted === "all" || state === wanted)
        .reverse();
      return { list, show: (issue: Issue) => showIssue(call.state, call.repo, issue) };
    },
  },
  {
    on: "GET /repos/:owner/:repo/issues/comments",
    needs: READ,
    handle: (call) => {
      const list = since(call, [...call.repo.comments.values()]);
      const by = call.query("sort") === "updated" ? "updatedAt" : "createdAt";
      list.sort((one, two) => one[by].localeCompare(two[by]) || one.id - two.id);
      if (call.query("direction") === "desc") list.reverse();
      return { list, show: (comment: Comment) => showComment(call.state, call.repo, comment) };
    },
  },
  {
    on: "GET /repos/:owner/:repo/issues/comments/:id",
    needs: READ,
    handle: (call) => ({ body: showComment(call.state, call.repo, commentOf(call)) }),
  },
  { on: "PATCH /repos/:owner/:repo/issues/comments/:id", needs: WRITE, handle: editComment },
  { on: "DELETE /repos/:owner/:repo/issues/comments/:id", needs: WRITE, handle: deleteComment },
  {
    on: "GET /repos/:owner/:repo/issues/comments/:id/reactions",
    needs: READ,
    handle: (call) => ({ list: commentOf(call).reactions, show: (one: Reaction) => showReaction(call.state, one) }),
  },
  { on: "POST /repos/:owner/:repo/issues/comments/:id/reactions", needs: WRITE, handle: react },
  { on: "DELETE /repos/:owner/:repo/issues/comments/:id/reactions/:reaction", needs: WRITE, handle: takeBack },
  {
    on: "GET /repos/:owner/:repo/issues/:number",
    needs: READ,
    handle: (call) => ({ body: showIssue(call.state, call.repo, issueOf(call)) }),
  },
  {
    on: "PATCH /repos/:owner/:repo/issues/:number",
    needs: WRITE,
    handle: async (call) => {
      const issue = issueOf(call);
      mayChange(call, issue);
      const { state = issue.state, ...edit } = await call.body(IssueEdit);
      const now = call.state.now();
      Object.assign(issue, edit, {
        state,
        updatedAt: now,
        closedAt: state === "open" ? null : (issue.closedAt ?? now),
      });
      return { body: showIssue(call.state, call.repo, issue) };
    },
  },
  {
    on: "GET /repos/:owner/:repo/issues/:number/comments",
    needs: READ,
    handle: (call) => {
      const issue = issueOf(call);
      const list = since(call, [...call.repo.comments.values()]).filter((comment) => comment.issue === issue);
      return { list, show: (comment: Comment) => showComment(call.state, call.repo, comment) };
    },
  },
  { on: "POST /repos/:owner/:repo/issues/:number/comments", needs: WRITE, handle: addComment },
];

function since<Kind extends { updatedAt: string }>(call: Call, list: Kind[]): Kind[] {
  const from = call.query("since");
  return from === undefined ? list : list.filter(({ updatedAt }) => Date.parse(updatedAt) >= Date.parse(from));
}

function issueOf(call: Call): Issue {
  const issue = call.repo.issues.get(call.number("number"));
  if (issue === undefined) throw notFound();
  return issue;
}

function commentOf(call: Call): Comment {
  const comment = call.repo.comments.get(call.number("id"));
  if (comment === undefined) throw notFound();
  return comment;
}

/** One's own, or with write access. */
function mayChange({ actor, account, repo }: Call, { user }: { user: Issue["user"] }): void {
  if (actor.kind !== "user" || user === account || reaches(levelOf(repo, account), "write")) return;
  throw new Refusal(403, "Must have write access to this repository.");
}

async function addComment(call: Call) {
  const { state, repo, account: user, actor } = call;
  const issue = issueOf(call);
  const { body } = await call.body(Body);
  const now = state.now();
  const app = actor.kind === "installation" || actor.kind === "user" ? actor.app : undefined;
  const comment: Comment = {
    id: state.nextId(),
    issue,
    user,
    app,
    body,
    createdAt: now,
    updatedAt: now,
    reactions: [],
  };
  repo.comments.set(comment.id, comment);
  issue.updatedAt = now;
  emitComment(call, comment, "created");
  return { status: 201, body: showComment(state, repo, comment) };
}

async function editComment(call: Call) {
  const comment = commentOf(call);
  mayChange(call, comment);
  const { body } = await call.body(Body);
  const changes = { body: { from: comment.body } };
  Object.assign(comment, { body, updatedAt: call.state.now() });
  emitComment(call, comment, "edited", { changes });
  return { body: showComment(call.state, call.repo, comment) };
}

function deleteComment(call: Call) {
  const comment = commentOf(call);
  mayChange(call, comment);
  call.repo.comments.delete(comment.id);
  emitComment(call, comment, "deleted");
  return { status: 204 };
}

async function react(call: Call) {
  const { reactions } = commentOf(call);
  const { content } = await call.body(NewReaction);
  const known = reactions.find((one) => one.user === call.account && one.content === content);
  if (known !== undefined) return { body: showReaction(call.state, known) };
  const reaction = { id: call.state.nextId(), user: call.account, content, createdAt: call.state.now() };
  reactions.push(reaction);
  return { status: 201, body: showReaction(call.state, reaction) };
}

function takeBack(call: Call) {
  const { reactions } = commentOf(call);
  const at = reactions.findIndex(({ id, user }) => id === call.number("reaction") && user === call.account);
  if (at < 0) throw notFound();
  reactions.splice(at, 1);
  return { status: 204 };
}

function emitComment(call: Call, comment: Comment, action: string, more: Record<string, unknown> = {}): void {
  const { state, repo, account: sender, actor } = call;
  const issue = showIssue(state, repo, comment.issue);
  emit(
    state,
    repo,
    "issue_comment",
    { action, ...more, issue, comment: showComment(state, repo, comment) },
    { sender, actor },
  );
}

function emitIssue({ state, repo, account: sender, actor }: Call, issue: Issue, action: string): void {
  emit(state, repo, "issues", { action, issue: showIssue(state, repo, issue) }, { sender, actor });
}
