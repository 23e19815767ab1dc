import { createHash } from "node:crypto";
import { Octokit } from "@octokit/rest";
import { expect, it } from "vitest";
import { openWorld, refusal, type WorldOptions } from "./world.ts";

const BACK = "http://127.0.0.1:9/login/callback";
const VERIFIER = "a".repeat(50);
const CHALLENGE = createHash("sha256").update(VERIFIER).digest("base64url");

/** An App that people sign in to, on a stand-in whose clock is the test's. */
async function openFlow(options: WorldOptions = {}) {
  const clock = { now: new Date() };
  const world = await openWorld({ clock: () => clock.now, ...options });
  const { app, sandbox } = world;
  app.setCallbackUrls([BACK]);
  const authorize = async (query: Record<string, string>) => {
    const asked = new URLSearchParams({ client_id: app.clientId, redirect_uri: BACK, ...query });
    return fetch(`${sandbox.url}/login/oauth/authorize?${asked}`, { redirect: "manual" });
  };
  const backFrom = async (query: Record<string, string>) =>
    new URL((await authorize(query)).headers.get("location") ?? "none:");
  const codeFor = async (login: string, query: Record<string, string> = {}) =>
    (await backFrom({ login, ...query })).searchParams.get("code") ?? "";
  const exchange = async (form: Record<string, string>) => {
    const body = new URLSearchParams({ client_id: app.clientId, client_secret: app.clientSecret, ...form });
    const headers = { accept: "application/json" };
    const answer = await fetch(`${sandbox.url}/login/oauth/access_token`, { method: "POST", body, headers });
    return (await answer.json()) as Record<string, string> & { expires_in?: number; error?: string };
  };
  const signIn = async (login: string) => exchange({ code: await codeFor(login) });
  const as = (auth: string | undefined) => new Octokit({ auth: auth ?? "none", baseUrl: sandbox.url });
  const asClient = (secret = app.clientSecret) => {
    const authorization = `basic ${Buffer.from(`${app.clientId}:${secret}`).toString("base64")}`;
    return new Octokit({ baseUrl: sandbox.url }).request.defaults({
      headers: { authorization },
    });
  };
  return { ...world, clock, authorize, backFrom, codeFor, exchange, signIn, as, asClient };
}

it("signs a person in to an App: page, code, token, and a code works once", async () => {
  const { authorize, backFrom, exchange, as } = await openFlow();
  expect(await (await authorize({ state: "xyz" })).text()).toContain("login=ada");
  const back = await backFrom({ login: "ada", state: "xyz" });
  expect(back.searchParams.get("state")).toBe("xyz");
  const code = back.searchParams.get("code") ?? "";
  const { access_token } = await exchange({ code });
  expect((await as(access_token).rest.users.getAuthenticated()).data.login).toBe("ada");
  expect((await exchange({ code })).error).toBe("bad_verification_code");
});

it("answers with a form where nobody asks for JSON", async () => {
  const { app, sandbox, codeFor } = await openFlow();
  const words = { client_id: app.clientId, client_secret: app.clientSecret, code: await codeFor("ada") };
  const url = `${sandbox.url}/login/oauth/access_token?${new URLSearchParams(words)}`;
  const answer = await fetch(url, { method: "POST" });
  expect(await answer.text()).toMatch(/^access_token=ghu_\w+&expires_in=28800&refresh_token=ghr_/);
});

it("gives no token for a code without the App's secret", async () => {
  const { codeFor, exchange } = await openFlow();
  const answer = await exchange({ code: await codeFor("ada"), client_secret: "guessed" });
  expect(answer.error).toBe("incorrect_client_credentials");
});

it("gives no token for a code that another App got", async () => {
  const { codeFor, exchange, sandbox } = await openFlow();
  const other = await sandbox.addApp({ slug: "other", permissions: {}, events: [] });
  const client = { client_id: other.clientId, client_secret: other.clientSecret };
  expect((await exchange({ code: await codeFor("ada"), ...client })).error).toBe("bad_verification_code");
});

it("gives no token for a code of ten minutes ago", async () => {
  const { clock, codeFor, exchange } = await openFlow();
  const code = await codeFor("ada");
  clock.now = new Date(clock.now.getTime() + 600_000);
  expect((await exchange({ code })).error).toBe("bad_verification_code");
});

it.each([{}, { code_verifier: "b".repeat(50) }])(
  "gives no token to who does not know the verifier: %j",
  async (form) => {
    const { codeFor, exchange } = await openFlow();
    const code = await codeFor("ada", { code_challenge: CHALLENGE, code_challenge_method: "S256" });
    expect((await exchange({ code, ...(form as object) })).error).toBe("bad_verification_code");
    expect((await exchange({ code, code_verifier: VERIFIER })).error).toBe("bad_verification_code");
  },
);

it("gives a token to who knows the verifier", async () => {
  const { codeFor, exchange } = await openFlow();
  const code = await codeFor("ada", { code_challenge: CHALLENGE, code_challenge_method: "S256" });
  expect((await exchange({ code, code_verifier: VERIFIER })).access_token).toMatch(/^ghu_/);
});

it.each([{ code_challenge: VERIFIER, code_challenge_method: "plain" }, { code_challenge: CHALLENGE }])(
  "takes no challenge but SHA-256: %j",
  async (query) => {
    const { backFrom } = await openFlow();
    const back = await backFrom({ login: "ada", ...(query as Record<string, string>) });
    expect(back.searchParams.get("error")).toBe("invalid_request");
  },
);

it.each(["https://evil.example/", `${BACK}/`, `${BACK}?to=1`])("sends nobody back to %s", async (redirect_uri) => {
  const { backFrom } = await openFlow();
  const back = await backFrom({ login: "ada", redirect_uri, state: "xyz" });
  expect(back.origin + back.pathname).toBe(BACK);
  expect(Object.fromEntries(back.searchParams)).toEqual({ error: "redirect_uri_mismatch", state: "xyz" });
});

it("says that a person did not agree", async () => {
  const { backFrom } = await openFlow();
  expect((await backFrom({ denied: "1" })).searchParams.get("error")).toBe("access_denied");
});

it("ends a person's token after eight hours, and brings another one by the refresh token, once", async () => {
  const { clock, signIn, exchange, as } = await openFlow();
  const first = await signIn("ada");
  expect(first.expires_in).toBe(28_800);
  clock.now = new Date(clock.now.getTime() + 28_800_000);
  expect(await refusal(as(first["access_token"]).rest.users.getAuthenticated())).toMatchObject({ status: 401 });
  const refresh = { grant_type: "refresh_token", refresh_token: first["refresh_token"] ?? "" };
  const next = await exchange(refresh);
  expect((await as(next["access_token"]).rest.users.getAuthenticated()).data.login).toBe("ada");
  expect((await exchange(refresh)).error).toBe("bad_refresh_token");
});

it("opens nothing with a refresh token", async () => {
  const { signIn, as } = await openFlow();
  const { refresh_token } = await signIn("ada");
  expect(await refusal(as(refresh_token).rest.users.getAuthenticated())).toMatchObject({ status: 401 });
});

it("takes back one token, for the App that has it alone", async () => {
  const { app, signIn, as, asClient, exchange, sandbox } = await openFlow();
  const [first, second] = [await signIn("ada"), await signIn("ada")];
  const other = await sandbox.addApp({ slug: "other", permissions: {}, events: [] });
  const body = { client_id: app.clientId, access_token: first["access_token"] ?? "" };
  const route = "DELETE /applications/{client_id}/token";
  expect(await refusal(asClient("guessed")(route, body))).toMatchObject({ status: 401 });
  expect(await refusal(asClient()(route, { ...body, client_id: other.clientId }))).toMatchObject({ status: 404 });
  expect((await asClient()(route, body)).status).toBe(204);
  expect(await refusal(as(first["access_token"]).rest.users.getAuthenticated())).toMatchObject({ status: 401 });
  const refresh = { grant_type: "refresh_token", refresh_token: first["refresh_token"] ?? "" };
  expect((await exchange(refresh)).error).toBe("bad_refresh_token");
  expect((await as(second["access_token"]).rest.users.getAuthenticated()).status).toBe(200);
});

it("takes back all that a person let an App do", async () => {
  const { app, signIn, as, asClient } = await openFlow();
  const [first, second] = [await signIn("ada"), await signIn("ada")];
  const body = { client_id: app.clientId, access_token: first["access_token"] ?? "" };
  expect((await asClient()("DELETE /applications/{client_id}/grant", body)).status).toBe(204);
  for (const { access_token } of [first, second])
    expect(await refusal(as(access_token).rest.users.getAuthenticated())).toMatchObject({ status: 401 });
});

it("lists what a person was given access to, where the App is installed, and with which rights", async () => {
  const { app, sandbox, signIn, as, installation } = await openFlow({ private: true });
  await sandbox.addRepository({ owner: "acme", name: "public", files: { a: "1" } });
  await sandbox.addRepository({ owner: "acme", name: "away", collaborators: { ada: "admin" }, files: { a: "1" } });
  await app.install("acme/public");
  const ada = as((await signIn("ada"))["access_token"]);
  const { data: installations } = await ada.rest.apps.listInstallationsForAuthenticatedUser();
  expect(installations.installations.map(({ id }) => id)).toEqual([installation]);
  const { data } = await ada.rest.apps.listInstallationReposForAuthenticatedUser({ installation_id: installation });
  expect(data.repositories.map(({ full_name, permissions }) => [full_name, permissions?.push])).toEqual([
    ["acme/models", true],
  ]);
});

it("lists nothing of an installation to who was given access to none of it", async () => {
  const { signIn, as, installation } = await openFlow();
  const eve = as((await signIn("eve"))["access_token"]);
  expect((await eve.rest.apps.listInstallationsForAuthenticatedUser()).data.total_count).toBe(0);
  const asked = eve.rest.apps.listInstallationReposForAuthenticatedUser({ installation_id: installation });
  expect(await refusal(asked)).toMatchObject({ status: 404 });
});

it("lists installations for an App's token alone", async () => {
  const { sandbox } = await openFlow();
  const asked = sandbox.octokit("ada").rest.apps.listInstallationsForAuthenticatedUser();
  expect(await refusal(asked)).toMatchObject({ status: 403 });
});

it("opens with a person's token what the person and the App see, and no more than both may", async () => {
  const { app, sandbox, signIn, as, at } = await openFlow({ private: true });
  const files = { a: "1" };
  await sandbox.addRepository({ owner: "acme", name: "away", private: true, collaborators: { ada: "admin" }, files });
  const ada = as((await signIn("ada"))["access_token"]);
  const eve = as((await signIn("eve"))["access_token"]);
  expect((await ada.rest.repos.get(at)).data.full_name).toBe("acme/models");
  expect(await refusal(eve.rest.repos.get(at))).toMatchObject({ status: 404 });
  expect(await refusal(ada.rest.repos.get({ ...at, repo: "away" }))).toMatchObject({ status: 404 });
  const { state } = sandbox;
  Object.assign(state.apps.get(app.id) ?? {}, { permissions: { metadata: "read" } });
  const opened = ada.rest.issues.create({ ...at, title: "Hello" });
  expect(await refusal(opened)).toMatchObject({ status: 403 });
});
