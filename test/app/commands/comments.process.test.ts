import { marked } from "marked";
import { afterAll, beforeAll, expect, it } from "vitest";
import { onIssueComment } from "../../../app/commands/on-issue-comment.ts";
import { ROUTES } from "../../../app/intake/routes.ts";
import { addToken } from "../../../tools/sandbox/world/accounts.ts";
import { type Conversation, startConversation } from "./conversation.ts";

let talk: Conversation;
/** What happens on GitHub between a comment's webhook and the App's reading it. */
let meanwhile: ((comment: number) => Promise<void>) | undefined;

beforeAll(async () => {
  const routes = {
    ...ROUTES,
    "issue_comment.created": async (host, payload) => {
      await meanwhile?.(payload.comment.id);
      meanwhile = undefined;
      await onIssueComment(host, payload);
    },
  } satisfies typeof ROUTES;
  talk = await startConversation({ hosted: { routes } });
});
afterAll(() => talk.end());

const where = { owner: "acme", repo: "models" };
const answered = (reply: string | undefined) => reply?.replace(/^> .*\n\n/, "");

it("shows at once that it has seen a command, and answers it with one reply", async () => {
  const issue = await talk.issue();

  const replies = await talk.say("bob", issue, "Hello.\n/help");

  expect(replies).toHaveLength(1);
  expect(replies[0]).toContain("What you can ask for");
  expect(replies[0]).toContain("/rollback &#91;model&#93; stage &#91;to version&#93; &#91;reason&#93;");
  const [comment] = [...talk.repo.comments.values()].filter(
    ({ body }) => body.includes("/help\n") || body.endsWith("/help"),
  );
  expect(comment?.reactions.map(({ content, user }) => [content, user.login])).toEqual([["eyes", "slipway[bot]"]]);
});

it.each([
  ["plain talk", "I would promote production."],
  ["a quotation", "> /help\n\nwhat is this?"],
  ["code", "```\n/help\n```"],
  ["a path", "/usr/bin/node is missing"],
  ["another bot's command", "/lgtm"],
])("says nothing to %s, and calls GitHub for nothing", async (_, body) => {
  const issue = await talk.issue();
  talk.calls();
  expect(await talk.say("ada", issue, body)).toEqual([]);
  expect(talk.calls()).toEqual([]);
});

it("answers all commands of a comment in one reply, in their order", async () => {
  const issue = await talk.issue();
  const [reply, ...more] = await talk.say(
    "ada",
    issue,
    "/status\nand\n/stauts\n/promote penguins prodution\n/promote production",
  );

  expect(more).toEqual([]);
  expect(reply?.split("\n").filter((line) => /^(>|\S+ \*\*)/u.test(line))).toEqual([
    "> `/status`",
    "ℹ️ **Registry: nothing is registered yet**",
    "> `/stauts`",
    "❌ **There is no command `/stauts`.**",
    "> `/promote penguins prodution`",
    "❌ **There is no stage `prodution`.**",
    "> `/promote production`",
    "❌ **This is no pull request, so the model has to be named.**",
  ]);
  expect(reply).toContain("Did you mean `/status`?");
  expect(reply).toContain("Did you mean production?");
});

it("does none of more commands than ten", async () => {
  const issue = await talk.issue();
  const [reply] = await talk.say("ada", issue, "/hold penguins x\n".repeat(11));
  expect(answered(reply)).toMatch(/^❌ \*\*A comment may hold 10 commands, and this one holds 11: none was done/);
});

it("takes nothing from a comment that was edited before it was read, and says so", async () => {
  const issue = await talk.issue();
  meanwhile = async (id) =>
    void (await talk.as("ada").rest.issues.updateComment({ ...where, comment_id: id, body: "/status penguins" }));
  const [reply, ...more] = await talk.say("ada", issue, "/status");
  expect(answered(reply)).toMatch(/^❌ \*\*This comment was edited before it was read/);
  expect(reply).toContain("<sub>COMMENT_EDITED</sub>");
  expect(more).toEqual([]);
});

it("takes nothing from a comment that was edited and put back", async () => {
  const issue = await talk.issue();
  meanwhile = async (id) => {
    const comment = talk.repo.comments.get(id);
    if (comment) comment.updatedAt = new Date(Date.parse(comment.createdAt) + 60_000).toISOString();
  };
  expect(answered((await talk.say("ada", issue, "/status"))[0])).toMatch(/was edited before it was read/);
});

it("takes nothing from a comment that was deleted before it was read", async () => {
  const issue = await talk.issue();
  meanwhile = async (id) => void (await talk.as("ada").rest.issues.deleteComment({ ...where, comment_id: id }));
  expect(await talk.say("ada", issue, "/status")).toEqual([]);
});

it("takes nothing from an edit that makes a comment a command", async () => {
  const issue = await talk.issue();
  await talk.say("ada", issue, "status");
  const { id } = [...talk.repo.comments.values()].at(-1) ?? { id: 0 };
  await talk.as("ada").rest.issues.updateComment({ ...where, comment_id: id, body: "/status" });
  await talk.hosted.settled();
  expect(talk.replies(issue)).toEqual([]);
});

it("takes nothing from another App, nor from an App in a person's name", async () => {
  const { sandbox, settled } = talk.hosted;
  const other = await sandbox.addApp({ slug: "helper", permissions: { issues: "write" }, events: [] });
  await other.install("acme/models");
  const app = sandbox.state.apps.get(other.id);
  const [installation] = app?.installations ?? [];
  const ada = sandbox.state.accounts.get("ada");
  if (app === undefined || installation === undefined || ada === undefined) throw new Error("not there");
  const rest = { permissions: app.permissions, repositories: new Set([talk.repo]), expiresAt: "2100-01-01T00:00:00Z" };
  const issue = await talk.issue();
  for (const token of [
    addToken(sandbox.state, { kind: "installation", app, installation, ...rest }),
    addToken(sandbox.state, { kind: "user", account: ada, app }),
  ]) {
    const answer = await fetch(`${sandbox.url}/repos/acme/models/issues/${issue.number}/comments`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({ body: "/status" }),
    });
    expect(answer.status).toBe(201);
  }
  await settled();
  expect(talk.replies(issue)).toEqual([]);
});

it("shows what people wrote as text, and mentions nobody", async () => {
  const issue = await talk.issue();
  const [reply = ""] = await talk.say("ada", issue, "/status <img/src=x> @everyone ![a](b)\n/promote `x`@1 production");
  const page = marked.parse(reply, { async: false });
  expect(page).toContain("<code>/status &lt;img/src=x&gt; @everyone ![a](b)</code>");
  expect(page).toContain("<code>&#39;x&#39;@1</code> names no model");
  expect(page.replaceAll(/<code>.*?<\/code>/g, "")).not.toMatch(/<img|@\w/);
});

it("says what is wrong in the policy, and where, when somebody asks for a decision", async () => {
  const policy = await talk.git("show", "main:slipway.yaml");
  await talk.push("main", { "slipway.yaml": `${policy}\napprovals: { production: many }\n` });
  const [reply] = await talk.say("ada", await talk.issue(), "/retry\n/status");
  expect(reply).toMatch(/❌ \*\*/);
  expect(reply).toMatch(/`slipway\.yaml:\d+:\d+`: /);
  expect(reply).toContain("Registry: nothing is registered yet");
});
