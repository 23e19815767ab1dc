import { expect, it } from "vitest";
import { gate } from "../../helpers/gate.ts";
import { openPull, openWorld, refusal } from "./world.ts";

it("fails, limits and slows the requests that a fault names, and those alone", async () => {
  const { sandbox, at } = await openWorld();
  const ada = sandbox.octokit("ada");
  sandbox.faults.api({ kind: "fail", path: /models$/, method: "GET", status: 502, times: 2 });
  sandbox.faults.api({ kind: "secondary-limit", path: /models$/, retryAfter: 7 });
  expect((await ada.rest.issues.listForRepo(at)).status).toBe(200);
  expect([(await refusal(ada.rest.repos.get(at))).status, (await refusal(ada.rest.repos.get(at))).status]).toEqual([
    502, 502,
  ]);
  const limited = await ada.rest.repos.get(at).catch((error) => error);
  expect([limited.status, limited.response.headers["retry-after"]]).toEqual([403, "7"]);
  const { open, opened } = gate();
  sandbox.faults.api({ kind: "slow", path: /models$/, until: () => opened });
  const order: string[] = [];
  const slow = ada.rest.repos.get(at).then(() => order.push("slow"));
  await ada.rest.issues.listForRepo(at).then(() => order.push("quick"));
  open();
  await slow;
  expect(order).toEqual(["quick", "slow"]);
});

it("counts each credential's requests, says so, and refuses over the limit", async () => {
  const { sandbox, at } = await openWorld();
  sandbox.faults.rateLimit = 2;
  const ada = sandbox.octokit("ada");
  const { headers } = await ada.rest.repos.get(at);
  expect(headers).toMatchObject({ "x-ratelimit-limit": "2", "x-ratelimit-remaining": "1", "x-ratelimit-used": "1" });
  await ada.rest.repos.get(at);
  expect(await refusal(ada.rest.repos.get(at))).toMatchObject({
    status: 403,
    message: expect.stringContaining("rate limit"),
  });
  expect((await sandbox.octokit("bob").rest.repos.get(at)).status).toBe(200);
});

it("answers 304 for what the asker has, which costs nothing", async () => {
  const world = await openWorld();
  const { number } = await openPull(world);
  const ada = world.sandbox.octokit("ada");
  const pull = { ...world.at, pull_number: number };
  const { headers } = await ada.rest.pulls.get(pull);
  const again = () => ada.rest.pulls.get({ ...pull, headers: { "if-none-match": headers.etag ?? "" } });
  expect(await refusal(again())).toMatchObject({ status: 304 });
  const { headers: after } = await ada.rest.repos.get(world.at);
  expect(Number(after["x-ratelimit-used"])).toBe(Number(headers["x-ratelimit-used"]) + 1);
  await ada.rest.pulls.update({ ...pull, title: "Another" });
  expect((await again()).data.title).toBe("Another");
});

it("says in GitHub's form what it does not have, and which field is wrong", async () => {
  const { sandbox, at } = await openWorld();
  const ada = sandbox.octokit("ada");
  const unknown = await fetch(`${sandbox.url}/repos/acme/models/stargazers`);
  expect([unknown.status, await unknown.json()]).toEqual([404, expect.objectContaining({ status: "404" })]);
  const missing = await ada.request("POST /repos/{owner}/{repo}/issues", { ...at, title: "" }).catch((error) => error);
  expect(missing.response.data).toMatchObject({
    errors: [{ field: "title", code: "invalid" }],
    documentation_url: expect.any(String),
  });
  expect(await refusal(ada.rest.pulls.get({ ...at, pull_number: 99 }))).toMatchObject({ status: 404 });
});

it("leaves it to its clients to end connections, on which the next request may be on its way", async () => {
  const { sandbox } = await openWorld();
  const { headers } = await fetch(sandbox.url);
  expect([headers.get("connection"), headers.get("keep-alive")]).toEqual(["keep-alive", null]);
});

it("keeps a list of who asked what", async () => {
  const { sandbox, at } = await openWorld();
  await sandbox.octokit("ada").rest.repos.get(at);
  expect(sandbox.state.requests).toEqual([{ method: "GET", path: "/repos/acme/models", status: 200, by: "ada" }]);
});
