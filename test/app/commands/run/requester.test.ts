import { Octokit } from "@octokit/rest";
import { expect, it } from "vitest";
import { requesterOf } from "../../../../app/commands/run/requester.ts";
import type { EventContext } from "../../../../app/github/event-context.ts";
import type { Policy } from "../../../../schemas/policy.ts";

const ADA = { login: "ada", id: 7 };

interface GitHub {
  permission?: { permission: string; role_name?: string };
  /** Accounts by login, where it is not ada's own. */
  accounts?: Record<string, number>;
  /** Logins that were given access. */
  collaborators?: string[];
  /** `org/team` → state. */
  teams?: Record<string, string>;
  canReadTeams?: boolean;
  broken?: boolean;
}

/** GitHub as the wire would have it: what it is asked is kept. */
function hostOn({ permission, accounts = { ada: ADA.id }, collaborators = [], teams = {}, ...about }: GitHub) {
  const { canReadTeams = true, broken = false } = about;
  const asked: string[] = [];
  const answer = (body: unknown) =>
    new Response(JSON.stringify(body ?? {}), {
      status: body === undefined ? 404 : 200,
      headers: { "content-type": "application/json" },
    });
  const fetch = async (url: string) => {
    const { pathname } = new URL(url);
    const [, login] = /^\/repos\/acme\/models\/collaborators\/([^/]+)\/permission$/.exec(pathname) ?? [];
    const [, org, slug] = /^\/orgs\/([^/]+)\/teams\/([^/]+)\/memberships\//.exec(pathname) ?? [];
    const [, one] = /^\/repos\/acme\/models\/collaborators\/([^/]+)$/.exec(pathname) ?? [];
    const [, number] = /^\/user\/(\d+)$/.exec(pathname) ?? [];
    if (login !== undefined) asked.push(`permission of ${login}`);
    else if (one !== undefined) asked.push(`collaborator ${one}`);
    else asked.push(number === undefined ? `${org}/${slug}` : `user ${number}`);
    if (broken) return new Response("{}", { status: 502 });
    if (login !== undefined)
      return answer(permission && accounts[login] && { ...permission, user: { login, id: accounts[login] } });
    if (one !== undefined) return collaborators.includes(one) ? new Response(null, { status: 204 }) : answer(undefined);
    if (number !== undefined) {
      const [now] = Object.entries(accounts).find(([, id]) => String(id) === number) ?? [];
      return answer(now && { login: now, id: Number(number) });
    }
    const state = teams[`${org}/${slug}`];
    return answer(state && { state });
  };
  const octokit = new Octokit({ request: { fetch }, log: QUIET });
  const host = { octokit, repository: { owner: "acme", name: "models" }, canReadTeams } as unknown as EventContext;
  return { host, asked };
}

const silent = () => {};
const QUIET = { debug: silent, info: silent, warn: silent, error: silent };

const POLICY: Policy = { slipway: 1 };
const TEAMS: Policy = { slipway: 1, roles: { promote: { permission: "admin", teams: ["@acme/ml", "ops"] } } };

it.each([
  [{ permission: "write", role_name: "write" }, undefined],
  [{ permission: "write", role_name: "maintain" }, undefined],
  [{ permission: "write", role_name: "release-manager" }, undefined],
  [{ permission: "read", role_name: "triage" }, "NOT_ALLOWED"],
  [{ permission: "read", role_name: "read" }, "NOT_ALLOWED"],
  [{ permission: "none" }, "NOT_ALLOWED"],
  [undefined, "NOT_ALLOWED"],
])("%j gives write access or not", async (permission, code) => {
  const { host } = hostOn(permission === undefined ? {} : { permission });
  expect((await requesterOf(host, ADA).authorize("promote")(POLICY))?.code).toBe(code);
});

it("tells triage from read", async () => {
  const policy: Policy = { slipway: 1, roles: { promote: { permission: "triage" } } };
  const allowed = (role: string) =>
    requesterOf(hostOn({ permission: { permission: "read", role_name: role } }).host, ADA).authorize("promote")(policy);
  expect(await allowed("triage")).toBeUndefined();
  expect((await allowed("read"))?.code).toBe("NOT_ALLOWED");
});

it("asks GitHub once for an event, however often the act decides", async () => {
  const { host, asked } = hostOn({ permission: { permission: "admin", role_name: "admin" } });
  const requester = requesterOf(host, ADA);
  for (const act of ["promote", "approve", "promote"] as const) await requester.authorize(act)(TEAMS);
  expect(asked).toEqual(["permission of ada"]);
});

it("looks teams up where the policy names them and nothing else allows it", async () => {
  const { host, asked } = hostOn({ permission: { permission: "read" }, teams: { "acme/ops": "active" } });
  const requester = requesterOf(host, ADA);
  expect(await requester.authorize("promote")(TEAMS)).toBeUndefined();
  expect(await requester.authorize("promote")(TEAMS)).toBeUndefined();
  expect(asked).toEqual(["permission of ada", "acme/ml", "acme/ops"]);
});

it("takes nobody for a member who has not accepted yet", async () => {
  const { host } = hostOn({ permission: { permission: "read" }, teams: { "acme/ml": "pending" } });
  expect((await requesterOf(host, ADA).authorize("promote")(TEAMS))?.code).toBe("NOT_ALLOWED");
});

it("refuses a team's role where teams cannot be read, and says so", async () => {
  const { host, asked } = hostOn({ permission: { permission: "read" }, canReadTeams: false });
  expect((await requesterOf(host, ADA).authorize("promote")(TEAMS))?.code).toBe("TEAMS_UNKNOWN");
  expect(asked).toEqual(["permission of ada"]);
});

it("lets nobody pass when GitHub does not answer", async () => {
  const { host } = hostOn({ broken: true });
  await expect(requesterOf(host, ADA).authorize("promote")(POLICY)).rejects.toMatchObject({ status: 502 });
});

const ADMIN = { permission: "admin", role_name: "admin" };

it("follows an account to its new login, and takes nobody else for it", async () => {
  const { host, asked } = hostOn({ permission: ADMIN, accounts: { ada: 8, adele: ADA.id } });
  expect(await requesterOf(host, ADA).authorize("promote")(POLICY)).toBeUndefined();
  expect(asked).toEqual(["permission of ada", "user 7", "permission of adele"]);
});

it.each([
  ["whose login is another account's", { ada: 8 }],
  ["that is gone", {}],
])("lets an account do nothing %s", async (_, accounts) => {
  const { host } = hostOn({ permission: ADMIN, accounts });
  expect((await requesterOf(host, ADA).authorize("promote")(POLICY))?.code).toBe("NOT_ALLOWED");
});

const NAMED: Policy = { slipway: 1, roles: { promote: { users: ["ada"] } } };
const READ = { permission: "read", role_name: "read" };

it("asks whether access was given to who is named and reads, since of a public repository everybody reads", async () => {
  const { host, asked } = hostOn({ permission: READ, collaborators: ["ada"] });
  expect(await requesterOf(host, ADA).authorize("promote")(NAMED)).toBeUndefined();
  expect(asked).toEqual(["permission of ada", "collaborator ada"]);
  const stranger = hostOn({ permission: READ });
  expect((await requesterOf(stranger.host, ADA).authorize("promote")(NAMED))?.code).toBe("NOT_ALLOWED");
});

it("looks for nobody's access where the name is another one", async () => {
  const { host, asked } = hostOn({ permission: READ });
  const other: Policy = { slipway: 1, roles: { promote: { users: ["grace"] } } };
  expect((await requesterOf(host, ADA).authorize("promote")(other))?.code).toBe("NOT_ALLOWED");
  expect(asked).toEqual(["permission of ada"]);
});
