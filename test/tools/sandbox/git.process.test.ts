import { connect } from "node:net";
import { Octokit } from "@octokit/rest";
import { expect, it } from "vitest";
import { openWorld, type World } from "./world.ts";

const APP_ONLY = ["creation", "update"] as const;
const NOBODY = ["deletion", "non_fast_forward"] as const;

const ruleset = (
  { sandbox, at }: World,
  include: string,
  types: readonly string[],
  more: { target?: "branch" | "tag"; bypass?: object[]; rules?: object[] } = {},
) =>
  sandbox.octokit("bob").rest.repos.createRepoRuleset({
    ...at,
    name: `${include} ${types.join(" ")}`,
    target: more.target ?? "branch",
    enforcement: "active",
    conditions: { ref_name: { include: [include], exclude: [] } },
    rules: [...types.map((type) => ({ type })), ...(more.rules ?? [])] as never,
    bypass_actors: (more.bypass ?? []) as never,
  });

const appBypass = ({ app }: World) => ({
  bypass: [{ actor_id: app.id, actor_type: "Integration", bypass_mode: "always" }],
});

/** A clone that pushes with the App's installation token. */
async function appClone(world: World) {
  const { data } = await world.asApp.rest.apps.createInstallationAccessToken({ installation_id: world.installation });
  return world.clone(
    "robot",
    `${world.sandbox.url.replace("://", `://x-access-token:${data.token}@`)}/acme/models.git`,
  );
}

it("serves clones, and takes pushes of who may write alone", async () => {
  const world = await openWorld();
  const ada = await world.clone("ada");
  const commit = await ada.commit({ "big.bin": "0123456789".repeat(300_000) });
  await ada.git("push", "-q", "origin", "HEAD:refs/heads/big");
  expect(await ada.git("ls-remote", "origin", "refs/heads/big")).toContain(commit);
  const eve = await world.clone("eve");
  await eve.commit({ a: "1" });
  await expect(eve.git("push", "-q", "origin", "HEAD:refs/heads/eve")).rejects.toThrow(/403/);
  const nobody = await world.clone("nobody", `${world.sandbox.url}/acme/models.git`);
  await expect(nobody.git("push", "-q", "origin", "HEAD:refs/heads/nobody")).rejects.toThrow(
    /could not read Username|Authentication/,
  );
});

it("hides a private repository from Git, too", async () => {
  const { clone, sandbox } = await openWorld({ private: true });
  await expect(clone("eve")).rejects.toThrow(/not found/);
  await expect(clone("nobody", `${sandbox.url}/acme/models.git`)).rejects.toThrow(/could not read Username/);
  await expect(clone("ada")).resolves.toBeDefined();
});

it("asks an App's token for `contents`", async () => {
  const world = await openWorld();
  const make = (permissions: Record<string, string>) =>
    world.asApp.request("POST /app/installations/{installation_id}/access_tokens", {
      installation_id: world.installation,
      permissions,
    });
  const { data } = await make({ contents: "read" });
  const url = `${world.sandbox.url.replace("://", `://x-access-token:${data.token}@`)}/acme/models.git`;
  const clone = await world.clone("robot", url);
  await expect(clone.git("push", "-q", "origin", "HEAD:refs/heads/robot")).rejects.toThrow(/403/);
});

it("lets the App alone make and move a branch that a ruleset keeps for it", async () => {
  const world = await openWorld();
  await ruleset(world, "refs/heads/registry", APP_ONLY, appBypass(world));
  const ada = await world.clone("ada");
  await expect(ada.git("push", "origin", "HEAD:refs/heads/registry")).rejects.toThrow(/rule violations.*creations/s);
  const robot = await appClone(world);
  await robot.git("push", "-q", "origin", "HEAD:refs/heads/registry");
  await robot.commit({ a: "1" });
  await robot.git("push", "-q", "origin", "HEAD:refs/heads/registry");
  await ada.commit({ a: "2" });
  await expect(ada.git("push", "-f", "origin", "HEAD:refs/heads/registry")).rejects.toThrow(
    /Cannot update this protected ref/,
  );
  const { data } = await world.sandbox.octokit("ada").rest.repos.getBranchRules({ ...world.at, branch: "registry" });
  expect(data.map(({ type }) => type)).toEqual(["creation", "update"]);
});

it("refuses everybody a force push and a deletion where nobody may bypass", async () => {
  const world = await openWorld();
  await ruleset(world, "refs/heads/registry", APP_ONLY, appBypass(world));
  await ruleset(world, "refs/heads/registry", NOBODY);
  const robot = await appClone(world);
  await robot.git("push", "-q", "origin", "HEAD:refs/heads/registry");
  await robot.git("checkout", "-q", "--orphan", "other");
  await robot.commit({ a: "1" });
  await expect(robot.git("push", "-f", "origin", "HEAD:refs/heads/registry")).rejects.toThrow(/Cannot force-push/);
  await expect(robot.git("push", "origin", ":refs/heads/registry")).rejects.toThrow(/Cannot delete this ref/);
});

it("keeps tags: a pattern stops at a slash, and a push of several refs stands or falls together", async () => {
  const world = await openWorld();
  await ruleset(world, "refs/tags/*@v*", [...APP_ONLY, "deletion"], { target: "tag" });
  const ada = await world.clone("ada");
  await ada.git("tag", "models@v1");
  await ada.git("tag", "plain");
  await ada.git("tag", "a/b@v1");
  await expect(ada.git("push", "--atomic", "origin", "models@v1", "plain")).rejects.toThrow(/refs\/tags\/models@v1/);
  expect(await ada.git("ls-remote", "origin", "refs/tags/*")).toBe("");
  await ada.git("push", "-q", "--atomic", "origin", "plain", "a/b@v1");
  expect((await ada.git("ls-remote", "origin", "refs/tags/*")).trim().split("\n")).toHaveLength(2);
});

it("knows a deploy key in a ruleset, and never a job's own token", async () => {
  const world = await openWorld();
  const { sandbox } = world;
  const bypass = [
    { actor_id: null, actor_type: "DeployKey", bypass_mode: "always" },
    { actor_id: sandbox.state.actions.id, actor_type: "Integration", bypass_mode: "always" },
  ];
  await ruleset(world, "refs/heads/registry", APP_ONLY, { bypass });
  const { token } = sandbox.addDeployKey("acme/models", "the bot");
  const withToken = (text: string) => `${sandbox.url.replace("://", `://x-access-token:${text}@`)}/acme/models.git`;
  const bot = await world.clone("bot", withToken(token));
  await bot.git("push", "-q", "origin", "HEAD:refs/heads/registry");
  await bot.commit({ a: "1" });
  const job = "ghs_job";
  const [expiresAt, permissions, repositories] = [
    "2999-01-01T00:00:00Z",
    { contents: "write" } as const,
    new Set([world.repo]),
  ];
  sandbox.state.tokens.set(job, {
    kind: "installation",
    app: sandbox.state.actions,
    installation: undefined,
    permissions,
    repositories,
    expiresAt,
  });
  await bot.git("push", "-q", withToken(job), "HEAD:refs/heads/other");
  await expect(bot.git("push", withToken(job), "HEAD:refs/heads/registry")).rejects.toThrow(/rule violations/);
  await expect(new Octokit({ auth: token, baseUrl: sandbox.url }).rest.repos.get(world.at)).rejects.toThrow(
    /Deploy keys/,
  );
});

it("says what a ref names", async () => {
  const world = await openWorld();
  const clone = await world.clone("ada");
  const commit = (await clone.git("rev-parse", "HEAD")).trim();
  await clone.git("-c", "user.name=a", "-c", "user.email=a@b", "tag", "-a", "-m", "One", "v1");
  await clone.git("push", "-q", "origin", "v1");
  const ada = world.sandbox.octokit("ada");
  const see = async (ref: string) => (await ada.rest.git.getRef({ ...world.at, ref })).data.object;
  expect([(await see("heads/main")).sha, (await see("tags/v1")).type]).toEqual([commit, "tag"]);
  await expect(see("heads/nowhere")).rejects.toThrow(/Not Found/);
});

it("takes many refs in one push, and refuses them in few words", async () => {
  const world = await openWorld();
  await ruleset(world, "refs/tags/*@v*", ["non_fast_forward"], { target: "tag" });
  const clone = await world.clone("ada");
  // All their names together are more than one variable of an environment can hold.
  const names = Array.from({ length: 700 }, (_, at) => `${"models".repeat(32)}@v${at}`);
  await clone.git("fetch", "-q", ".", ...names.map((name) => `HEAD:refs/tags/${name}`));
  await clone.git("push", "-q", "origin", "--tags");
  expect((await clone.git("ls-remote", "origin", "refs/tags/*")).trim().split("\n")).toHaveLength(700);
  await ruleset(world, "refs/tags/*@v*", ["deletion"], { target: "tag" });
  await expect(clone.git("push", "origin", "--delete", ...names)).rejects.toThrow(/Cannot delete/);
});

it("takes pushes side by side, and follows each", async () => {
  const world = await openWorld();
  const clones = await Promise.all(["one", "two", "three"].map(() => world.clone("ada")));
  const ada = world.sandbox.octokit("ada");
  const pulls = await Promise.all(
    clones.map(async (clone, at) => {
      await clone.commit({ [`${at}.txt`]: "1" });
      await clone.git("push", "-q", "origin", `HEAD:refs/heads/b${at}`);
      return (await ada.rest.pulls.create({ ...world.at, head: `b${at}`, base: "main", title: `${at}` })).data.number;
    }),
  );
  const main = await world.clone("bob");
  await main.commit({ "main.txt": "1" });
  const pushes = clones.map(async (clone, at) => {
    const head = await clone.commit({ [`${at}.txt`]: "2" });
    await clone.git("push", "-q", "origin", `HEAD:refs/heads/b${at}`);
    return head;
  });
  const [, ...heads] = await Promise.all([main.git("push", "-q", "origin", "HEAD:main"), ...pushes]);
  const states = await Promise.all(pulls.map((pull_number) => ada.rest.pulls.get({ ...world.at, pull_number })));
  expect(states.map(({ data }) => [data.head.sha, data.mergeable])).toEqual(heads.map((head) => [head, true]));
});

it("goes on after a client that went away in the middle of a push", async () => {
  const world = await openWorld();
  const clone = await world.clone("ada");
  const { token } = world.sandbox.addDeployKey("acme/models", "half");
  const { hostname, port } = new URL(world.sandbox.url);
  const line = `${"0".repeat(40)} ${"1".repeat(40)} refs/heads/half\0 report-status`;
  const packet = (line.length + 4).toString(16).padStart(4, "0") + line;
  const headers = [
    "POST /acme/models.git/git-receive-pack HTTP/1.1",
    `Host: ${hostname}`,
    `Authorization: Basic ${Buffer.from(`x:${token}`).toString("base64")}`,
    "Content-Type: application/x-git-receive-pack-request",
    "Content-Length: 100000",
  ];
  const socket = connect(Number(port), hostname);
  await new Promise<void>((resolve) => {
    socket.write(`${headers.join("\r\n")}\r\n\r\n${packet}0000PACK`, () => resolve());
  });
  socket.destroy();
  await clone.commit({ a: "1" });
  await clone.git("push", "-q", "origin", "HEAD:refs/heads/whole");
  expect(await clone.git("ls-remote", "origin", "refs/heads/half")).toBe("");
});

it("lists and shows rulesets, and who may bypass them to an administrator", async () => {
  const world = await openWorld();
  const { data } = await ruleset(world, "refs/heads/registry", APP_ONLY, appBypass(world));
  const id = { ...world.at, ruleset_id: data.id };
  const see = async (login: string) => (await world.sandbox.octokit(login).rest.repos.getRepoRuleset(id)).data;
  expect((await see("bob")).bypass_actors).toHaveLength(1);
  expect((await see("ada")).bypass_actors).toBeUndefined();
  expect((await world.asInstallation.rest.repos.getRepoRulesets(world.at)).data.map(({ name }) => name)).toEqual([
    data.name,
  ]);
  await expect(
    ruleset({ ...world, sandbox: { ...world.sandbox, octokit: () => world.sandbox.octokit("ada") } }, "~ALL", []),
  ).rejects.toThrow(/Not Found/);
});

it("holds a merge back until the required check of that very App passes", async () => {
  const world = await openWorld();
  const required = (integration_id: number) => ({
    type: "required_status_checks",
    parameters: {
      strict_required_status_checks_policy: false,
      required_status_checks: [{ context: "robot", integration_id }],
    },
  });
  await ruleset(world, "~DEFAULT_BRANCH", [], { rules: [required(world.app.id)] });
  const clone = await world.clone("ada");
  await clone.git("checkout", "-q", "-b", "change");
  const head_sha = await clone.commit({ a: "1" });
  await clone.git("push", "-q", "origin", "change");
  const ada = world.sandbox.octokit("ada");
  const { data: pull } = await ada.rest.pulls.create({ ...world.at, head: "change", base: "main", title: "Change" });
  const merge = () => ada.rest.pulls.merge({ ...world.at, pull_number: pull.number });
  await expect(merge()).rejects.toThrow(/"robot" is expected/);
  const check = { ...world.at, name: "robot", head_sha };
  const { data } = await world.asInstallation.rest.checks.create({ ...check, conclusion: "failure" });
  await expect(merge()).rejects.toThrow(/"robot" is failing/);
  await world.asInstallation.rest.checks.update({ ...world.at, check_run_id: Number(data.id), conclusion: "neutral" });
  expect((await merge()).data.merged).toBe(true);
});
