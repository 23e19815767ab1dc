import { afterEach, beforeEach, expect, it } from "vitest";
import { MARKER } from "../../../app/pulls/render/comment.ts";
import { type ModelsOnGitHub, specOf, startModels } from "../models-on-github.ts";

// One repository for each: a restarted App looks at every run that there was.
let github: ModelsOnGitHub;
beforeEach(async () => {
  github = await startModels();
});
afterEach(() => github.end());

const change = (trees: number) => ({ "models/penguins/model.yaml": specOf({ trees }) });

it("takes up its comment and its checks again after a restart, and writes a deleted comment anew", async () => {
  const pull = await github.openPull("restart", change(89));
  await github.hosted.restart();
  await github.run(pull, { results: { penguins: {} } });
  expect(github.comments(pull)).toHaveLength(1);
  const own = [...github.repo.checks.values()].filter(({ suite }) => suite.headSha === pull.head.sha);
  expect(own.map(({ name }) => name).sort()).toEqual(["Slipway", "Slipway: production"]);

  const [{ id: comment_id } = { id: 0 }] = [...github.repo.comments.values()].filter(
    ({ issue }) => issue === pull.issue,
  );
  await github.ada.rest.issues.deleteComment({ owner: "acme", repo: "models", comment_id });
  await github.run(pull, { results: { penguins: { params: '{"trees":1}' } } });
  expect(github.comments(pull)).toHaveLength(1);
});

it("takes nobody else's comment for its own, whatever that begins with", async () => {
  const pull = await github.openPull("marker", change(90));
  await github.hosted.restart();
  const issue_number = pull.issue.number;
  await github.ada.rest.issues.createComment({ owner: "acme", repo: "models", issue_number, body: `${MARKER}\nmine` });
  await github.run(pull, { results: { penguins: {} } });
  expect(github.comments(pull)).toHaveLength(2);
  expect(github.comments(pull)[1]).toBe(`${MARKER}\nmine`);
});

it("takes no check of another App for its own", async () => {
  const { sandbox } = github.hosted;
  const other = await sandbox.addApp({ slug: "other", permissions: { checks: "write" }, events: [] });
  const installation = await other.install("acme/models");
  const pull = await github.openPull("same-name", change(10));
  const { createAppAuth } = await import("@octokit/auth-app");
  const { Octokit } = await import("@octokit/rest");
  const auth = { appId: other.id, privateKey: other.privateKey, installationId: installation };
  const octokit = new Octokit({ baseUrl: sandbox.url, authStrategy: createAppAuth, auth });
  await octokit.rest.checks.create({
    ...{ owner: "acme", repo: "models", name: "Slipway", head_sha: pull.head.sha },
    ...{ external_id: `pr:${pull.issue.number}`, conclusion: "success" },
  });
  await github.hosted.restart();
  await github.run(pull, { results: {} });
  const own = [...github.repo.checks.values()].filter(
    ({ name, suite }) => name === "Slipway" && suite.headSha === pull.head.sha,
  );
  expect(own.map(({ suite, conclusion }) => [suite.app.slug, conclusion])).toEqual([
    ["slipway", "failure"],
    ["other", "success"],
  ]);
});

it("registers and announces nothing again where it is started anew", async () => {
  const pull = await github.openPull("once", change(92));
  await github.run(pull, { results: { penguins: {} } });
  await github.merge(pull);
  await github.run("main", { results: { penguins: await github.stored() } });
  const before = github.comments(pull);
  expect(before).toHaveLength(2);
  await github.hosted.restart();
  await github.hosted.settled();
  expect(github.comments(pull)).toEqual(before);
});
