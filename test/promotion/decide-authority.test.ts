import fc from "fast-check";
import { expect, it } from "vitest";
import { type Act, type Actor, authorizeAct, teamsAsked } from "../../core/promotion/decide-authority.ts";
import type { Policy } from "../../schemas/policy.ts";

const policy = (roles?: Policy["roles"]): Policy => ({ slipway: 1, ...(roles ? { roles } : {}) });
const person = (about: Partial<Actor> = {}): Actor => ({
  ...{ login: "grace", id: 583231, permission: "read", given: true, teams: [] },
  ...about,
});
const ACTS: Act[] = ["promote", "rollback", "hold", "unhold", "approve", "reject", "retry"];
const LEVELS = ["none", "read", "triage", "write", "maintain", "admin"] as const;

it.each(ACTS)("lets those who may write %s where the policy declares no roles", (act) => {
  const allowed = LEVELS.filter((permission) => authorizeAct(policy(), act, person({ permission })) === undefined);
  expect(allowed).toEqual(["write", "maintain", "admin"]);
});

it("gives the promote role promoting, rolling back and holds, and the approve role approving and rejecting", () => {
  const roles = { promote: { users: ["grace"] }, approve: { permission: "admin" as const } };
  const mine = ACTS.filter((act) => authorizeAct(policy(roles), act, person()) === undefined);
  expect(mine).toEqual(["promote", "rollback", "hold", "unhold"]);
  const theirs = ACTS.filter(
    (act) => authorizeAct(policy(roles), act, person({ login: "eve", permission: "admin" })) === undefined,
  );
  expect(theirs).toEqual(["approve", "reject", "retry"]);
});

it("knows a user by login, whatever the case and with or without @", () => {
  const roles = { approve: { users: ["@Grace"] } };
  expect(authorizeAct(policy(roles), "approve", person({ login: "gRACE" }))).toBeUndefined();
  expect(authorizeAct(policy(roles), "approve", person({ login: "gracee", permission: "admin" }))?.code).toBe(
    "NOT_ALLOWED",
  );
});

it("takes a login for nobody without access that was given to them: a freed one is anybody's", () => {
  const roles = { approve: { users: ["grace"] } };
  expect(authorizeAct(policy(roles), "approve", person({ given: false }))?.code).toBe("NOT_ALLOWED");
});

it("knows whom a role pins by number: by whatever login, and nobody else by that login", () => {
  const roles = { approve: { users: [{ login: "grace", id: 583231 }] } };
  const ask = (about: Partial<Actor>) => authorizeAct(policy(roles), "approve", person(about));
  expect(ask({ login: "hopper", given: false })).toBeUndefined();
  expect(ask({ id: 1, permission: "admin" })?.message).toContain("@grace (583231)");
  expect(ask({ permission: "none", given: false })?.code).toBe("NOT_ALLOWED");
});

it("knows a team that the host has looked up", () => {
  const roles = { approve: { teams: ["@Acme/ML"] } };
  expect(teamsAsked(policy(roles), "approve")).toEqual(["acme/ml"]);
  expect(authorizeAct(policy(roles), "approve", person({ teams: ["acme/ml"] }))).toBeUndefined();
  expect(authorizeAct(policy(roles), "approve", person({ teams: ["acme/mlops"] }))?.code).toBe("NOT_ALLOWED");
});

it("lets a team's member do nothing who has lost access to the repository", () => {
  const roles = { approve: { teams: ["acme/ml"] } };
  const gone = { permission: "none", given: false } as const;
  expect(authorizeAct(policy(roles), "approve", person({ ...gone, teams: ["acme/ml"] }))?.code).toBe("NOT_ALLOWED");
  expect(authorizeAct(policy(roles), "approve", person({ ...gone, teams: "unknown" }))?.code).toBe("NOT_ALLOWED");
});

it("refuses a team role with the reason where teams cannot be read, and no other role", () => {
  const roles = { promote: { users: ["ada"], teams: ["acme/ml"] } };
  expect(authorizeAct(policy(roles), "promote", person({ teams: "unknown" }))?.code).toBe("TEAMS_UNKNOWN");
  expect(authorizeAct(policy(roles), "promote", person({ login: "ada", teams: "unknown" }))).toBeUndefined();
  expect(authorizeAct(policy(), "promote", person({ teams: "unknown" }))?.code).toBe("NOT_ALLOWED");
});

it("lets nobody in by a role that names nobody", () => {
  const admin = person({ permission: "admin", teams: ["acme/ml"] });
  expect(authorizeAct(policy({ promote: {} }), "promote", admin)?.message).toContain("nobody");
});

it("never takes anything from a person for having more permission", () => {
  const level = fc.constantFrom(...LEVELS);
  const role = fc.record(
    {
      permission: fc.constantFrom("read", "triage", "write", "maintain", "admin"),
      users: fc.subarray(["grace", "ada", { login: "grace", id: 583231 }, { login: "ada", id: 1 }]),
      teams: fc.subarray(["acme/ml", "acme/ops"]),
    },
    { requiredKeys: [] },
  ) as fc.Arbitrary<NonNullable<NonNullable<Policy["roles"]>["promote"]>>;
  const teams = fc.oneof(fc.subarray(["acme/ml", "acme/ops"]), fc.constant("unknown" as const));
  fc.assert(
    fc.property(role, role, fc.constantFrom(...ACTS), level, level, teams, (promote, approve, act, one, other, own) => {
      const [less, more] = [one, other].sort((a, b) => LEVELS.indexOf(a) - LEVELS.indexOf(b));
      const roles = policy({ promote, approve });
      const before = authorizeAct(roles, act, person({ permission: less as Actor["permission"], teams: own }));
      const after = authorizeAct(roles, act, person({ permission: more as Actor["permission"], teams: own }));
      if (before === undefined) expect(after).toBeUndefined();
    }),
  );
});
