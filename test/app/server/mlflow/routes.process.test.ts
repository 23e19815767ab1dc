import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { Octokit } from "@octokit/rest";
import { expect, it, onTestFinished } from "vitest";
import type { EventContext } from "../../../../app/github/event-context.ts";
import { mlflowRoutes } from "../../../../app/server/mlflow/routes.ts";
import { askAsPerson } from "../../../../app/server/people/ask-as-person.ts";
import { githubPeople } from "../../../../app/server/people/github-people.ts";
import { openExperiments } from "../../../../core/experiments/open.ts";
import { forge } from "../../../acts/hosts.ts";

const REPOSITORY = "acme/models";
const LEVELS: Record<string, string> = { ada: "write", rita: "read" };
const IDS: Record<string, number> = { ada: 7, rita: 8 };
const TOKENS: Record<string, string> = { "token-ada": "ada", "token-rita": "rita" };

/** What GitHub's API answers to these calls, and the calls. */
async function github() {
  const asked: string[] = [];
  let ends = false;
  const answer = (request: IncomingMessage): [number, unknown] => {
    const token = /^(?:Bearer|token) (.+)$/.exec(request.headers.authorization ?? "")?.[1] ?? "";
    if (ends) return [502, {}];
    if (request.url === "/user")
      return TOKENS[token] ? [200, { login: TOKENS[token], id: IDS[TOKENS[token]] }] : [401, {}];
    if (request.url === `/repos/${REPOSITORY}`) return TOKENS[token] ? [200, { full_name: REPOSITORY }] : [404, {}];
    const who = /\/collaborators\/(\w+)\/permission$/.exec(request.url ?? "")?.[1] ?? "";
    return LEVELS[who]
      ? [200, { permission: LEVELS[who], role_name: LEVELS[who], user: { login: who, id: IDS[who] } }]
      : [404, {}];
  };
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    const [status, body] = answer(request);
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { api, asked, end: () => (ends = true) };
}

async function served() {
  const hub = await github();
  const concealed: string[] = [];
  let now = 0;
  const conceal = (token: string) => concealed.push(token);
  const people = githubPeople({ ask: askAsPerson({ api: hub.api, fetch }), conceal, now: () => now });
  const ports = await (await forge()).host();
  const host = {
    ports,
    experiments: openExperiments(ports.objects, ports.remote),
    octokit: new Octokit({ baseUrl: hub.api, auth: "installation" }),
    repository: { owner: "acme", name: "models" },
    canReadTeams: false,
  } as unknown as EventContext;
  const app = mlflowRoutes({
    people,
    within: async (repository, act) => (repository === REPOSITORY ? act(host) : undefined),
    onError: (error) => console.error(error),
  });
  const ask = async (token: string | undefined, path: string, body?: object, repository = REPOSITORY) => {
    const headers: Record<string, string> = { "content-type": "application/json" };
    if (token !== undefined) headers["authorization"] = token;
    const sent = body === undefined ? { headers } : { method: "POST", headers, body: JSON.stringify(body) };
    const response = await app.request(`/mlflow/${repository}/api/2.0/mlflow/${path}`, sent);
    // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever was answered.
    return { status: response.status, body: (await response.json()) as any };
  };
  return { ...hub, app, concealed, ask, ports, pass: (milliseconds: number) => (now += milliseconds) };
}

const ADA = "Bearer token-ada";

it("records what a person did under their GitHub login", async () => {
  const { ask, ports, concealed } = await served();
  expect((await ask(ADA, "registered-models/create", { name: "churn" })).status).toBe(200);
  expect((await ask(ADA, "registered-models/get?name=churn")).body.registered_model.name).toBe("churn");
  const { commit } = await ports.registry.snapshot();
  const told = (await ports.objects.read(commit as string))?.content.toString();
  expect(told).toContain("Slipway-Actor: ada <ada> (github:7)");
  expect(concealed).toContain("token-ada");
});

it("takes a token as the password of Basic, too", async () => {
  const { ask } = await served();
  const basic = `Basic ${Buffer.from("anybody:token-ada").toString("base64")}`;
  expect((await ask(basic, "registered-models/search")).status).toBe(200);
});

it.each([undefined, "Bearer wrong", "Bearer a b", "token-ada"])("does not know who %s is: 401", async (token) => {
  const { ask } = await served();
  expect(await ask(token, "registered-models/search")).toMatchObject({
    status: 401,
    body: { error_code: "UNAUTHENTICATED" },
  });
});

it("lets a reader read, and do no more than the policy's roles say", async () => {
  const { ask } = await served();
  const rita = "Bearer token-rita";
  expect((await ask(rita, "registered-models/search")).status).toBe(200);
  const answer = await ask(rita, "registered-models/create", { name: "churn" });
  expect(answer).toMatchObject({ status: 403, body: { error_code: "PERMISSION_DENIED" } });
  expect(answer.body.message).toContain("@rita may not register a version here");
});

it("asks GitHub once in a minute who has a token", async () => {
  const { ask, asked, pass } = await served();
  const users = () => asked.filter((path) => path === "/user").length;
  for (const _ of [1, 2, 3]) await ask(ADA, "registered-models/search");
  expect(users()).toBe(1);
  pass(61_000);
  await ask(ADA, "registered-models/search");
  expect(users()).toBe(2);
});

it("asks GitHub about so many wrong tokens in a minute, and lets in whom it knew", async () => {
  const { ask, asked, pass } = await served();
  const search = "registered-models/search";
  await ask(ADA, search);
  pass(61_000);
  for (let n = 0; n < 60; n += 1) expect((await ask(`Bearer wrong-${n}`, search)).status).toBe(401);
  const before = asked.length;
  expect(await ask("Bearer wrong-60", search)).toMatchObject({ status: 503 });
  expect(asked).toHaveLength(before);
  expect((await ask(ADA, search)).status).toBe(200);
  pass(61_000);
  expect((await ask("Bearer wrong-61", search)).status).toBe(401);
});

it("says that GitHub did not answer, and asks again next time", async () => {
  const { ask, end } = await served();
  end();
  for (const _ of [1, 2])
    expect(await ask(ADA, "registered-models/search")).toMatchObject({
      status: 503,
      body: { error_code: "TEMPORARILY_UNAVAILABLE" },
    });
});

it("serves no repository that the token does not open", async () => {
  const { ask } = await served();
  expect((await ask(ADA, "registered-models/search", undefined, "acme/other")).status).toBe(401);
});

it.each(["/mlflow/acme/models", "/mlflow/acme/models/", "/mlflow/not/installed/"])(
  "sends a browser that opens %s to the repository's pages, and asks GitHub nothing",
  async (path) => {
    const { app, asked } = await served();
    const { status, headers } = await app.request(path);
    expect([status, headers.get("location")]).toEqual([302, `${path.replace("/mlflow/", "/r/").replace(/\/$/, "")}/`]);
    expect(asked).toEqual([]);
  },
);
