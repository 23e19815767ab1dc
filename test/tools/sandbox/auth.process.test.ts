import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/rest";
import { expect, it } from "vitest";
import { openPull, openWorld, refusal } from "./world.ts";

it("knows an App by its own key alone", async () => {
  const { app, asApp, sandbox } = await openWorld();
  expect((await asApp.rest.apps.getAuthenticated()).data).toMatchObject({ id: app.id, slug: "robot" });
  const other = await sandbox.addApp({ slug: "other", permissions: {}, events: [] });
  const auth = { appId: app.id, privateKey: other.privateKey };
  const forged = new Octokit({ authStrategy: createAppAuth, auth, baseUrl: sandbox.url });
  expect(await refusal(forged.rest.apps.getAuthenticated())).toMatchObject({
    status: 401,
    message: expect.stringContaining("could not be decoded"),
  });
});

it("refuses unknown tokens and expired ones", async () => {
  const clock = { now: new Date() };
  const world = await openWorld({ clock: () => clock.now });
  const { sandbox, at, asApp, installation } = world;
  const { data } = await asApp.rest.apps.createInstallationAccessToken({ installation_id: installation });
  const as = (auth: string) => new Octokit({ auth, baseUrl: sandbox.url }).rest.repos.get(at);
  expect((await as(data.token)).status).toBe(200);
  clock.now = new Date(Date.parse(data.expires_at));
  expect(await refusal(as(data.token))).toMatchObject({ status: 401 });
  expect(await refusal(as("ghp_unknown"))).toMatchObject({
    status: 401,
    message: expect.stringContaining("Bad credentials"),
  });
});

it("refuses an expired JWT, one that lives too long, and one from the future", async () => {
  const clock = { now: new Date() };
  const { asApp } = await openWorld({ clock: () => clock.now });
  clock.now = new Date(Date.now() + 3_600_000);
  expect((await refusal(asApp.request("GET /app"))).message).toContain("'exp'");
  clock.now = new Date(Date.now() - 3_600_000);
  expect((await refusal(asApp.request("GET /app"))).message).toContain("too far in the future");
});

it("gives a token that can do less than its installation, and never more", async () => {
  const { sandbox, at, asApp, installation } = await openWorld();
  const make = (permissions: Record<string, string>) =>
    asApp.request("POST /app/installations/{installation_id}/access_tokens", {
      installation_id: installation,
      permissions,
    });
  const { data } = await make({ issues: "read" });
  const narrow = new Octokit({ auth: data.token, baseUrl: sandbox.url });
  expect((await narrow.rest.issues.listForRepo(at)).status).toBe(200);
  const comment = narrow.rest.issues.create({ ...at, title: "Hello" });
  expect(await refusal(comment)).toMatchObject({ status: 403, message: expect.stringContaining("not accessible") });
  expect(await refusal(make({ administration: "write" }))).toMatchObject({ status: 422 });
});

it("limits a token to the repositories that it names", async () => {
  const { sandbox, asApp, app, installation } = await openWorld();
  await sandbox.addRepository({ owner: "acme", name: "other", private: true, files: { a: "1" } });
  await app.install("acme/other");
  const { data } = await asApp.rest.apps.createInstallationAccessToken({
    installation_id: installation,
    repositories: ["models"],
  });
  const narrow = new Octokit({ auth: data.token, baseUrl: sandbox.url });
  const { data: list } = await narrow.rest.apps.listReposAccessibleToInstallation();
  expect(list.repositories.map(({ name }) => name)).toEqual(["models"]);
  expect(await refusal(narrow.rest.repos.get({ owner: "acme", repo: "other" }))).toMatchObject({ status: 404 });
  const unknown = asApp.rest.apps.createInstallationAccessToken({
    installation_id: installation,
    repositories: ["none"],
  });
  expect(await refusal(unknown)).toMatchObject({ status: 422 });
});

it("opens a repository that joins the installation to a token made before", async () => {
  const { sandbox, asInstallation, app, at } = await openWorld();
  await asInstallation.rest.repos.get(at);
  await sandbox.addRepository({ owner: "acme", name: "other", private: true, files: { a: "1" } });
  await app.install("acme/other");
  expect((await asInstallation.rest.repos.get({ owner: "acme", repo: "other" })).data.name).toBe("other");
});

it("shows people to everybody, and what is their own to themselves", async () => {
  const { sandbox } = await openWorld();
  const ada = sandbox.octokit("ada");
  expect((await ada.rest.users.getByUsername({ username: "BOB" })).data).toMatchObject({ login: "bob", type: "User" });
  expect(await refusal(ada.rest.users.getByUsername({ username: "zoe" }))).toMatchObject({ status: 404 });
  const nobody = new Octokit({ baseUrl: sandbox.url });
  expect(await refusal(nobody.rest.users.getAuthenticated())).toMatchObject({ status: 401 });
});

it("hides a private repository from who has no part in it", async () => {
  const { sandbox, at } = await openWorld({ private: true });
  expect(await refusal(sandbox.octokit("eve").rest.repos.get(at))).toMatchObject({ status: 404 });
  expect(await refusal(new Octokit({ baseUrl: sandbox.url }).rest.repos.get(at))).toMatchObject({ status: 404 });
  expect((await sandbox.octokit("ada").rest.repos.get(at)).data.full_name).toBe("acme/models");
});

it.each([
  ["read", "read"],
  ["triage", "read"],
  ["write", "write"],
  ["maintain", "write"],
  ["admin", "admin"],
] as const)("says %s as role_name, and %s as permission", async (level, permission) => {
  const { repo, at, asInstallation } = await openWorld();
  repo.collaborators.set("eve", level);
  const { data } = await asInstallation.rest.repos.getCollaboratorPermissionLevel({ ...at, username: "eve" });
  expect(data).toMatchObject({ permission, role_name: level });
});

it("says what a stranger may in a public repository and in a private one", async () => {
  const ask = async (world: Awaited<ReturnType<typeof openWorld>>) =>
    (await world.asInstallation.rest.repos.getCollaboratorPermissionLevel({ ...world.at, username: "eve" })).data
      .role_name;
  expect([await ask(await openWorld()), await ask(await openWorld({ private: true }))]).toEqual(["read", "none"]);
});

it("tells an App of an organization who is in a team", async () => {
  const { sandbox, asInstallation } = await openWorld();
  sandbox.addTeam("acme", "risk", ["bob"]);
  const ask = (username: string) =>
    asInstallation.rest.teams.getMembershipForUserInOrg({ org: "acme", team_slug: "risk", username });
  expect((await ask("bob")).data.state).toBe("active");
  expect(await refusal(ask("ada"))).toMatchObject({ status: 404 });
});

it("tells no team to an App without that permission", async () => {
  const { sandbox } = await openWorld();
  sandbox.addTeam("acme", "risk", ["bob"]);
  const app = await sandbox.addApp({ slug: "blind", permissions: {}, events: [] });
  const installationId = await app.install("acme/models");
  const auth = { appId: app.id, privateKey: app.privateKey, installationId };
  const blind = new Octokit({ authStrategy: createAppAuth, auth, baseUrl: sandbox.url });
  const asked = blind.rest.teams.getMembershipForUserInOrg({ org: "acme", team_slug: "risk", username: "bob" });
  expect(await refusal(asked)).toMatchObject({ status: 403 });
});

it("lets a reader comment, and neither merge nor deploy", async () => {
  const world = await openWorld();
  const { number } = await openPull(world);
  const eve = world.sandbox.octokit("eve");
  await eve.rest.issues.createComment({ ...world.at, issue_number: number, body: "Nice" });
  expect(await refusal(eve.rest.pulls.merge({ ...world.at, pull_number: number }))).toMatchObject({ status: 403 });
  expect(await refusal(eve.rest.repos.createDeployment({ ...world.at, ref: "main" }))).toMatchObject({ status: 403 });
});

it("keeps number, rights and token of a renamed account, and lets anybody take the login", async () => {
  const { sandbox, at, asInstallation } = await openWorld({ private: true });
  const { data: before } = await sandbox.octokit("ada").rest.users.getAuthenticated();
  sandbox.renameAccount("ada", "adele");
  sandbox.addUser("ada");
  expect((await sandbox.octokit("adele").rest.users.getAuthenticated()).data).toMatchObject({
    ...{ login: "adele", id: before.id },
  });
  expect((await asInstallation.rest.users.getById({ account_id: before.id })).data.login).toBe("adele");
  const level = async (username: string) =>
    (await asInstallation.rest.repos.getCollaboratorPermissionLevel({ ...at, username })).data;
  expect((await level("adele")).role_name).toBe("write");
  expect(await level("ada")).toMatchObject({ role_name: "none", user: { login: "ada" } });
  expect((await level("ada")).user?.id).not.toBe(before.id);
});

it("moves what a renamed owner has", async () => {
  const { sandbox, at } = await openWorld();
  sandbox.renameAccount("acme", "apex");
  expect((await sandbox.octokit("ada").rest.repos.get({ ...at, owner: "apex" })).data.full_name).toBe("apex/models");
  expect(await refusal(sandbox.octokit("ada").rest.repos.get(at))).toMatchObject({ status: 404 });
});

it("tells who was given access from who may read what is public", async () => {
  const { at, asInstallation } = await openWorld();
  const ask = (username: string) => asInstallation.rest.repos.checkCollaborator({ ...at, username });
  expect((await ask("ada")).status).toBe(204);
  expect(await refusal(ask("eve"))).toMatchObject({ status: 404 });
});
