import { expect, it } from "vitest";
import { openPull, openWorld, refusal } from "./world.ts";

it("opens a pull request, and keeps its refs as GitHub does", async () => {
  const world = await openWorld();
  const { number, pull, head, clone } = await openPull(world);
  expect(pull).toMatchObject({ mergeable: true, commits: 1, changed_files: 1, additions: 1, deletions: 1 });
  await clone.git("fetch", "-q", "origin", `refs/pull/${number}/head:h`, `refs/pull/${number}/merge:m`);
  expect((await clone.git("rev-parse", "h")).trim()).toBe(head);
  expect((await clone.git("rev-parse", "m^2")).trim()).toBe(head);
  expect((await clone.git("show", "m:models/a.txt")).trim()).toBe("2");
});

it("lists, shows files and commits, and finds a commit's pull requests", async () => {
  const world = await openWorld();
  const { at } = world;
  const { number, head, ada } = await openPull(world, { "models/a.txt": "2\n", "new.txt": "n\n" });
  const id = { ...at, pull_number: number };
  expect((await ada.rest.pulls.list({ ...at, head: "acme:change" })).data.map((one) => one.number)).toEqual([number]);
  expect((await ada.rest.pulls.list({ ...at, state: "closed" })).data).toEqual([]);
  expect((await ada.rest.pulls.listFiles(id)).data.map(({ filename, status }) => [filename, status])).toEqual([
    ["models/a.txt", "modified"],
    ["new.txt", "added"],
  ]);
  expect((await ada.rest.pulls.listCommits(id)).data.map(({ sha }) => sha)).toEqual([head]);
  const found = await ada.rest.repos.listPullRequestsAssociatedWithCommit({ ...at, commit_sha: head });
  expect(found.data.map((one) => one.number)).toEqual([number]);
});

it("follows a push with synchronize, and says what was before and after", async () => {
  const world = await openWorld();
  const { clone, head, number, ada } = await openPull(world);
  const next = await clone.commit({ "models/a.txt": "3\n" });
  await clone.git("push", "-q", "origin", "change");
  await world.sandbox.idle();
  const told = world.received.filter(({ event }) => event === "pull_request").map(({ payload }) => payload);
  expect(told.map(({ action }) => action)).toEqual(["opened", "synchronize"]);
  expect(told[1]).toMatchObject({ before: head, after: next, pull_request: { head: { sha: next } } });
  expect((await ada.rest.pulls.get({ ...world.at, pull_number: number })).data.head.sha).toBe(next);
});

it("says that branches conflict, and does not merge them", async () => {
  const world = await openWorld();
  const { number, ada, clone } = await openPull(world);
  await clone.git("checkout", "-q", "main");
  await clone.commit({ "models/a.txt": "other\n" });
  await clone.git("push", "-q", "origin", "main");
  const { data } = await ada.rest.pulls.get({ ...world.at, pull_number: number });
  expect(data).toMatchObject({ mergeable: false, mergeable_state: "dirty" });
  expect(await refusal(ada.rest.pulls.merge({ ...world.at, pull_number: number }))).toMatchObject({ status: 405 });
});

it("refuses to merge a head that moved on, and a merge that was done", async () => {
  const world = await openWorld();
  const { number, ada, head } = await openPull(world);
  const id = { ...world.at, pull_number: number };
  expect(await refusal(ada.rest.pulls.merge({ ...id, sha: "0".repeat(40) }))).toMatchObject({ status: 409 });
  expect((await ada.rest.pulls.merge({ ...id, sha: head })).data.merged).toBe(true);
  expect(await refusal(ada.rest.pulls.merge(id))).toMatchObject({ status: 405 });
  await world.sandbox.idle();
  const closed = world.received.at(-1);
  expect(closed?.payload).toMatchObject({
    action: "closed",
    pull_request: { merged: true, merged_by: { login: "ada" } },
  });
});

it("refuses a second pull request from the same branch, one from nowhere, and one that changes nothing", async () => {
  const world = await openWorld();
  const { ada, clone } = await openPull(world);
  const open = (head: string) => ada.rest.pulls.create({ ...world.at, base: "main", title: "Again", head });
  expect(await refusal(open("change"))).toMatchObject({
    status: 422,
    message: expect.stringContaining("already exists"),
  });
  expect(await refusal(open("nowhere"))).toMatchObject({ status: 422 });
  await clone.git("push", "-q", "origin", "origin/main:refs/heads/same");
  expect(await refusal(open("same"))).toMatchObject({ status: 422, message: expect.stringContaining("No commits") });
});

it("edits, closes and opens again, each with its webhook", async () => {
  const world = await openWorld();
  const { ada, number } = await openPull(world);
  const id = { ...world.at, pull_number: number };
  await ada.rest.pulls.update({ ...id, body: "More words" });
  await ada.rest.pulls.update({ ...id, state: "closed" });
  await ada.rest.pulls.update({ ...id, state: "open" });
  expect(await refusal(world.sandbox.octokit("eve").rest.pulls.update({ ...id, body: "Mine" }))).toMatchObject({
    status: 403,
  });
  await world.sandbox.idle();
  const actions = world.received.filter(({ event }) => event === "pull_request").map(({ payload }) => payload.action);
  expect(actions).toEqual(["opened", "edited", "closed", "reopened"]);
});

it("takes a pull request from a fork, whose owner cannot push to the base", async () => {
  const world = await openWorld();
  const eve = world.sandbox.octokit("eve");
  await eve.rest.repos.createFork(world.at);
  const clone = await world.clone("eve", world.sandbox.gitUrl("eve", "eve/models"));
  await clone.git("checkout", "-q", "-b", "gift");
  const head = await clone.commit({ "models/a.txt": "eve\n" });
  await clone.git("push", "-q", "origin", "gift");
  const base = world.sandbox.gitUrl("eve", "acme/models");
  await expect(clone.git("push", "-q", base, "gift")).rejects.toThrow(/403/);
  const { data } = await eve.rest.pulls.create({ ...world.at, base: "main", head: "eve:gift", title: "A gift" });
  expect(data).toMatchObject({ mergeable: true, head: { sha: head, repo: { full_name: "eve/models", fork: true } } });
  const next = await clone.commit({ "models/a.txt": "eve 2\n" });
  await clone.git("push", "-q", "origin", "gift");
  await world.sandbox.idle();
  expect(world.received.at(-1)?.payload).toMatchObject({ action: "synchronize", after: next });
});

it("closes a pull request whose branch is deleted, and merges one whose commits were pushed", async () => {
  const world = await openWorld();
  const first = await openPull(world, { "one.txt": "1\n" }, "one");
  await first.clone.git("push", "-q", "origin", ":one");
  const second = await openPull(world, { "two.txt": "2\n" }, "two");
  await second.clone.git("push", "-q", "origin", "two:main");
  const get = async (pull_number: number) => (await first.ada.rest.pulls.get({ ...world.at, pull_number })).data;
  expect(await get(first.number)).toMatchObject({ state: "closed", merged: false });
  expect(await get(second.number)).toMatchObject({ state: "closed", merged: true });
});

it("queues pull requests in a group, asks for checks, and lands it", async () => {
  const world = await openWorld();
  const one = await openPull(world, { "one.txt": "1\n" }, "one");
  const two = await openPull(world, { "two.txt": "2\n" }, "two");
  const group = await world.sandbox.queueForMerge("acme/models", [one.number, two.number]);
  await world.sandbox.idle();
  expect(world.received.at(-1)).toMatchObject({
    event: "merge_group",
    payload: { merge_group: { head_sha: group.headSha } },
  });
  await group.land();
  await world.sandbox.idle();
  expect(world.received.filter(({ event }) => event === "merge_group").at(-1)?.payload.reason).toBe("merged");
  await one.clone.git("fetch", "-q", "origin");
  expect((await one.clone.git("rev-parse", "origin/main")).trim()).toBe(group.headSha);
  expect((await one.ada.rest.pulls.get({ ...world.at, pull_number: two.number })).data.merged).toBe(true);
});

it("takes a group out of the queue", async () => {
  const world = await openWorld();
  const { number } = await openPull(world);
  const group = await world.sandbox.queueForMerge("acme/models", [number]);
  await group.destroy("dequeued");
  await world.sandbox.idle();
  expect(world.received.find(({ payload }) => payload.action === "destroyed")?.payload.reason).toBe("dequeued");
});
