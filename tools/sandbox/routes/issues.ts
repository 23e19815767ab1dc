import { z } from "zod";
import { levelOf, reaches } from "../auth/levels.ts";
import { emit } from "../events/emit.ts";
import { Answer, created, list } from "../http/answer.ts";
import type { Call } from "../http/call.ts";
import { notFound, Refusal } from "../http/refusal.ts";
import type { AddRoute } from "../http/serve-api.ts";
import { addIssue } from "../pulls/open.ts";
import type { Account, Comment, Issue, Label } from "../state.ts";
import { showComment, showIssue, showReaction } from "../views/issue.ts";

/** GitHub takes either permission where an issue is a pull request, and does not tell which was missing. */
const READ = { app: ["issues:read", "pull_requests:read"], person: "read" } as const;
const WRITE = { app: ["issues:write", "pull_requests:write"], person: "read" } as const;
const MOST = 65_536;

const Body = z.object({
  body: z
    .string()
    .refine((body) => body.trim() !== "", "Body cannot be blank")
    .refine((body) => [...body].length <= MOST, `body is too long (maximum is ${MOST} characters)`),
});
const NewIssue = z.object({
  title: z.string().min(1),
  body: z
    .string()
    .refine((body) => [...body].length <= MOST, `body is too long (maximum is ${MOST} characters)`)
    .nullish(),
  labels: z.array(z.string().min(1).max(50)).optional(),
});
const Edit = NewIssue.extend({ state: z.enum(["open", "closed"]) }).partial();
const NewReaction = z.object({
  content: z.enum(["+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"]),
});

export function issueRoutes(on: AddRoute): void {
  on("POST issues", { app: ["issues:write"], person: "read" }, async (call) => {
    const { title, body = null, labels = [] } = await call.body(NewIssue);
    const issue = addIssue(call, title, body);
    issue.labels = labelsOf(call, labels);
    emit(call, "issues", { action: "opened", issue: call.show(showIssue, issue) });
    return created(call.show(showIssue, issue));
  });
  on("GET issues", READ, (call) => {
    const state = call.query("state") ?? "open";
    const labels = (call.query("labels") ?? "").split(",").filter((name) => name !== "");
    const found = since(call, call.repo.issues).filter(
      (issue) =>
        (state === "all" || issue.state === state) &&
        call.asks("creator", issue.user.login) &&
        labels.every((name) => issue.labels.some((one) => one.name.toLowerCase() === name.toLowerCase())),
    );
    return list(found.reverse(), call.as(showIssue));
  });
  on("GET issues/comments", READ, (call) => {
    const by = call.query("sort") === "updated" ? "updatedAt" : "createdAt";
    const found = since(call, call.repo.comments).sort((one, two) => one[by].localeCompare(two[by]) || one.id - two.id);
    return list(call.query("direction") === "desc" ? found.reverse() : found, call.as(showComment));
  });
  on("GET issues/comments/:id", READ, (call) => call.show(showComment, commentOf(call)));
  on("PATCH issues/comments/:id", WRITE, async (call) => {
    const comment = commentOf(call);
    mayChange(call, comment.user);
    const { body } = await call.body(Body);
    const changes = { body: { from: comment.body } };
    const now = call.state.now();
    Object.assign(comment, { body, updatedAt: now, editedAt: now });
    tellOfComment(call, comment, { action: "edited", changes });
    return call.show(showComment, comment);
  });
  on("DELETE issues/comments/:id", WRITE, (call) => {
    const comment = commentOf(call);
    mayChange(call, comment.user);
    call.repo.comments.delete(comment.id);
    tellOfComment(call, comment, { action: "deleted" });
    return new Answer(204);
  });
  on("GET issues/comments/:id/reactions", READ, (call) => list(commentOf(call).reactions, call.as(showReaction)));
  on("POST issues/comments/:id/reactions", WRITE, async (call) => {
    const { state, account: user } = call;
    const { reactions } = commentOf(call);
    const { content } = await call.body(NewReaction);
    const known = reactions.find((one) => one.user === user && one.content === content);
    if (known !== undefined) return call.show(showReaction, known);
    const reaction = { id: state.nextId(), user, content, createdAt: state.now() };
    reactions.push(reaction);
    return created(call.show(showReaction, reaction));
  });
  on("DELETE issues/comments/:id/reactions/:reaction", WRITE, (call) => {
    const { reactions } = commentOf(call);
    const at = reactions.findIndex(({ id, user }) => String(id) === call.param("reaction") && user === call.account);
    if (at < 0) throw notFound();
    reactions.splice(at, 1);
    return new Answer(204);
  });
  on("GET issues/:number", READ, (call) => call.show(showIssue, issueOf(call)));
  on("PATCH issues/:number", WRITE, async (call) => {
    const issue = issueOf(call);
    mayChange(call, issue.user);
    const { state = issue.state, labels, ...edit } = await call.body(Edit);
    const now = call.state.now();
    const closedAt = state === "open" ? null : (issue.closedAt ?? now);
    Object.assign(issue, edit, { state, updatedAt: now, closedAt });
    if (labels !== undefined) issue.labels = labelsOf(call, labels);
    return call.show(showIssue, issue);
  });
  on("GET issues/:number/comments", READ, (call) => {
    const issue = issueOf(call);
    return list(
      since(call, call.repo.comments).filter((comment) => comment.issue === issue),
      call.as(showComment),
    );
  });
  on("POST issues/:number/comments", WRITE, async (call) => {
    const { state, repo, account: user, app } = call;
    const issue = issueOf(call);
    const { body } = await call.body(Body);
    const now = state.now();
    const comment: Comment = {
      id: state.nextId(),
      issue,
      user,
      app,
      body,
      createdAt: now,
      updatedAt: now,
      editedAt: null,
      reactions: [],
    };
    repo.comments.set(comment.id, comment);
    issue.updatedAt = now;
    tellOfComment(call, comment, { action: "created" });
    return created(call.show(showComment, comment));
  });
}

/** Labels by their names. Whoever may write makes one by using it; what others ask for is left out without a word. */
function labelsOf(call: Call, names: readonly string[]): Label[] {
  const { state, repo, actor, account } = call;
  if (actor.kind === "user" && !reaches(levelOf(repo, account), "triage")) return [];
  return names.map((name) => {
    const key = name.toLowerCase();
    const label = repo.labels.get(key) ?? { id: state.nextId(), name };
    repo.labels.set(key, label);
    return label;
  });
}

const issueOf = (call: Call): Issue => call.pick(call.repo.issues, "number");
const commentOf = (call: Call): Comment => call.pick(call.repo.comments);

function since<Kind extends { updatedAt: string }>(call: Call, all: ReadonlyMap<number, Kind>): Kind[] {
  const from = Date.parse(call.query("since") ?? "1970-01-01");
  return [...all.values()].filter(({ updatedAt }) => Date.parse(updatedAt) >= from);
}

/** One's own, or with write access. */
function mayChange({ actor, account, repo }: Call, author: Account): void {
  if (actor.kind !== "user" || author === account || reaches(levelOf(repo, account), "write")) return;
  throw new Refusal(403, "Must have write access to this repository.");
}

function tellOfComment(call: Call, comment: Comment, more: Record<string, unknown>): void {
  emit(call, "issue_comment", {
    ...more,
    issue: call.show(showIssue, comment.issue),
    comment: call.show(showComment, comment),
  });
}
