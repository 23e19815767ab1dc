import { afterEach, expect, test } from "vitest";
import type { EventContext } from "../../app/github/event-context.ts";
import type { Routes } from "../../app/intake/routes.ts";
import { type HostedApp, type HostedOptions, startHostedApp } from "../helpers/hosted-app.ts";

let hosted: HostedApp;
afterEach(() => hosted.close());

const REPOSITORY = "acme/models";

async function setUp(options: HostedOptions) {
  hosted = await startHostedApp(options);
  const { sandbox, added } = hosted;
  sandbox.addUser("ada");
  await sandbox.addRepository({
    owner: "acme",
    name: "models",
    private: true,
    collaborators: { ada: "write" },
    files: { "slipway.yaml": "slipway: 1\n" },
  });
  await added.install(REPOSITORY);
  await hosted.settled();
  const ada = sandbox.octokit("ada");
  const { data: issue } = await ada.rest.issues.create({ owner: "acme", repo: "models", title: "A place to talk" });
  const say = (body: string) =>
    ada.rest.issues.createComment({ owner: "acme", repo: "models", issue_number: issue.number, body });
  return { ...hosted, ada, issue, say };
}

/** Answers each comment of a person once. */
function answering(act: (host: EventContext, body: string) => Promise<string>): Routes {
  return {
    "issue_comment.created": async (host, { comment, issue }) => {
      if (comment.user?.type === "Bot") return;
      const { owner, name: repo } = host.repository;
      const body = await act(host, comment.body);
      await host.octokit.rest.issues.createComment({ owner, repo, issue_number: issue.number, body });
    },
  };
}

function comments(): string[] {
  return [...hosted.sandbox.state.repositories.values()].flatMap((repo) =>
    [...repo.comments.values()].map(({ user, body }) => `${user.login}: ${body}`),
  );
}

test("a webhook reaches its handler, which reads Git and answers as the App", async () => {
  const { say } = await setUp({
    routes: answering(async (host) => {
      await host.refresh();
      const policy = await host.ports.objects.read("refs/remotes/origin/main:slipway.yaml");
      const { commit } = await host.ports.registry.snapshot();
      return `${host.app.login} of ${host.repository.fullName} reads ${policy?.content.toString().trim()}, ${commit}`;
    }),
  });
  await say("hello");
  await hosted.settled();
  expect(comments()).toEqual(["ada: hello", "slipway[bot]: slipway[bot] of acme/models reads slipway: 1, undefined"]);
});

test("a handler writes the branch experiments with the App's own token", async () => {
  const { say } = await setUp({
    routes: answering(async (host) => {
      const author = { name: host.app.login, id: host.app.login };
      await host.experiments.write({ files: { "a.txt": "b" }, subject: "try", author, at: host.clock() });
      return String(await host.experiments.read("a.txt"));
    }),
  });
  await say("hello");
  await hosted.settled();
  expect(comments()).toContain("slipway[bot]: b");
});

test("a delivery that comes twice is handled once", async () => {
  const { say, sandbox } = await setUp({ routes: answering(async () => "once") });
  sandbox.faults.deliveries({ kind: "doubled", event: "issue_comment" });
  await say("hello");
  await hosted.settled();
  expect(comments()).toEqual(["ada: hello", "slipway[bot]: once"]);
});

test("a handler that meets GitHub's 502, and its secondary limit, is run again and told so", async () => {
  const told: boolean[] = [];
  const path = /\/issues\/\d+\/comments$/;
  const { say } = await setUp({
    routes: answering(async (host) => {
      const { faults } = hosted.sandbox;
      if (told.length === 0) faults.api({ kind: "fail", status: 502, path, method: "POST" });
      if (told.length === 1) faults.api({ kind: "secondary-limit", retryAfter: 1, path, method: "POST" });
      told.push(host.again);
      return "at last";
    }),
  });
  await say("hello");
  await hosted.settled();
  expect(comments()).toEqual(["ada: hello", "slipway[bot]: at last"]);
  expect(told).toEqual([false, true, true]);
});
