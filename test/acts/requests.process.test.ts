import { describe, expect, it } from "vitest";
import { holdModel } from "../../core/acts/hold.ts";
import { openRequests } from "../../core/acts/open-requests.ts";
import type { Ports } from "../../core/acts/ports.ts";
import { promoteVersion } from "../../core/acts/promote.ts";
import { reviewRequest } from "../../core/acts/review.ts";
import { rollBack } from "../../core/acts/rollback.ts";
import { SlipwayError } from "../../core/errors.ts";
import { actId } from "../../core/promotion/act-id.ts";
import { authorizeAct } from "../../core/promotion/decide-authority.ts";
import { readLog } from "../../core/registry/log.ts";
import type { Registry } from "../../core/registry/registry.ts";
import { verifyRegistry } from "../../core/registry/verify.ts";
import type { ActSource } from "../../schemas/act-source.ts";
import type { Policy } from "../../schemas/policy.ts";
import { register } from "../registry/builders.ts";
import { gitIn } from "../registry/repositories.ts";
import { rewriteTip } from "../registry/tamper.ts";
import { comment, forge, PERSONS, policyYaml } from "./hosts.ts";

const { ada, grace, alan } = PERSONS;
const PRODUCTION = { model: "penguins", stage: "production" };

async function withVersions(count: number, files: Record<string, string> = {}) {
  const repository = await forge(files);
  const ports = await repository.host();
  for (let version = 1; version <= count; version += 1) await register(ports.registry);
  return { ...repository, ports };
}

const ask = (ports: Ports, about: { version?: number; source?: ActSource; by?: typeof ada } = {}) =>
  promoteVersion(ports, { ...PRODUCTION, requestedBy: about.by ?? ada, source: comment(), ...about });

async function asked(ports: Ports, about: Parameters<typeof ask>[1] = {}): Promise<string> {
  const result = await ask(ports, about);
  if (result.outcome !== "waiting") throw new Error(`it was ${result.outcome}`);
  return result.request.id;
}

const say = (
  ports: Ports,
  request: string,
  about: { by?: typeof ada; verdict?: "approve" | "reject"; source?: ActSource } = {},
) =>
  reviewRequest(ports, {
    ...{ model: "penguins", request, verdict: "approve", by: grace, source: comment() },
    ...about,
  });

async function live(ports: Ports): Promise<number | undefined> {
  return (await (await ports.registry.snapshot()).model("penguins"))?.stages["production"]?.version;
}

const findings = async ({ origin }: { origin: string }) => (await verifyRegistry({ folder: origin })).findings;

/** Publishes, and the first time says that it did not, as where a connection breaks after the push. */
function breakingOnce(ports: Ports): Ports {
  let broken = false;
  const registry: Registry = {
    ...ports.registry,
    async publish(drafted) {
      const commit = await ports.registry.publish(drafted);
      if (broken) return commit;
      broken = true;
      throw new SlipwayError("REGISTRY_MOVED", "another writer was first");
    },
  };
  return { ...ports, registry };
}

describe("a promotion that needs an approval", () => {
  it("waits, and is recorded with what it names", async () => {
    const { ports, origin } = await withVersions(2);
    const source = comment({ body_sha256: "a".repeat(64) });
    const result = await ask(ports, { source });
    expect(result).toMatchObject({ outcome: "waiting", needed: 1, given: 0, gates: [{ verdict: "pass" }] });
    const snapshot = await ports.registry.snapshot();
    const [request] = await openRequests(snapshot, { model: "penguins" });
    const found = await snapshot.manifest("penguins", 2);
    expect(request).toMatchObject({ id: actId(source), version: 2, manifest: found?.blob, source, requested_by: ada });
    expect(await live(ports)).toBeUndefined();
    expect(await findings({ origin })).toEqual([]);
  });

  it("goes through with somebody else's, and the decision says who asked and who approved", async () => {
    const { ports, origin } = await withVersions(1);
    const source = comment();
    const request = await asked(ports, { source });
    const result = await say(ports, request);
    expect(result).toMatchObject({
      outcome: "promoted",
      decision: { version: 1, request, source, requested_by: ada, approvals: [{ by: grace }] },
    });
    expect(await live(ports)).toBe(1);
    expect(await openRequests(await ports.registry.snapshot(), { model: "penguins" })).toEqual([]);
    expect(await findings({ origin })).toEqual([]);
    // The yes and what it brought about are one commit, by whoever said it.
    const [last, before] = await readLog(origin);
    expect(last).toMatchObject({ act: "promote", outcome: "promoted", actor: grace, request });
    expect(last?.review).toBeDefined();
    expect(before).toMatchObject({ act: "request", actor: ada, request });
  });

  it("goes through at once where the policy asks for none, with its request in the same commit", async () => {
    const { ports, origin } = await withVersions(1, { "slipway.yaml": policyYaml(0) });
    const source = comment();
    expect(await ask(ports, { source })).toMatchObject({ outcome: "promoted", decision: { request: actId(source) } });
    expect(await gitIn(origin, "rev-list", "--count", "registry")).toBe("2");
    expect(await findings({ origin })).toEqual([]);
  });

  it("is not brought about by who asked, whatever the case of their name", async () => {
    const { ports, origin } = await withVersions(1);
    const request = await asked(ports);
    for (const id of ["ada", "Ada"]) {
      const result = await say(ports, request, { by: { name: "Ada L.", id } });
      expect(result).toMatchObject({ outcome: "denied", refusal: { code: "OWN_REQUEST" } });
    }
    expect(await gitIn(origin, "ls-tree", "-r", "--name-only", "registry")).not.toContain("reviews/");
  });

  it("needs as many people as the policy says, each once", async () => {
    const { ports, origin } = await withVersions(1, { "slipway.yaml": policyYaml(2) });
    const request = await asked(ports);
    expect(await say(ports, request)).toMatchObject({ outcome: "waiting", needed: 2, given: 1 });
    expect(await say(ports, request)).toMatchObject({ outcome: "waiting", needed: 2, given: 1 });
    expect(await say(ports, request, { by: alan })).toMatchObject({
      outcome: "promoted",
      decision: { approvals: [{ by: grace }, { by: alan }] },
    });
    expect(await findings({ origin })).toEqual([]);
  });

  it("takes no approval of another version", async () => {
    const { ports } = await withVersions(3, { "slipway.yaml": policyYaml(2) });
    const second = await asked(ports, { version: 2 });
    const third = await asked(ports, { version: 3 });
    await say(ports, second);
    expect(await say(ports, third, { by: alan })).toMatchObject({ outcome: "waiting", given: 1 });
    expect(await live(ports)).toBeUndefined();
  });

  it("stays rejected, whatever is said afterwards", async () => {
    const { ports, origin } = await withVersions(1);
    const source = comment();
    const request = await asked(ports, { source });
    expect(await say(ports, request, { verdict: "reject" })).toMatchObject({ outcome: "rejected" });
    expect(await say(ports, request, { by: alan })).toMatchObject({ outcome: "closed", request: { id: request } });
    expect(await ask(ports, { source })).toMatchObject({ outcome: "rejected", review: { by: grace } });
    expect(await live(ports)).toBeUndefined();
    expect(await findings({ origin })).toEqual([]);
  });

  it("asks the gates again when it is approved, as they are then", async () => {
    const { ports, merge, origin } = await withVersions(1);
    const request = await asked(ports);
    await merge({ "slipway.yaml": policyYaml(1, "{ metric: accuracy, at-least: 0.99 }") });
    expect(await say(ports, request)).toMatchObject({
      outcome: "refused",
      decision: { request, refusals: [{ code: "GATE_FAILED" }], approvals: [{ by: grace }] },
    });
    expect(await say(ports, request, { by: alan })).toMatchObject({ outcome: "closed" });
    expect(await findings({ origin })).toEqual([]);
  });

  it("is closed once its version went to the stage by another request, also after a rollback", async () => {
    const { ports } = await withVersions(2);
    await say(ports, await asked(ports, { version: 1 }));
    const one = await asked(ports, { version: 2 });
    const other = await asked(ports, { version: 2, by: alan });
    await say(ports, other);
    expect(await live(ports)).toBe(2);
    await rollBack(ports, { ...PRODUCTION, requestedBy: ada, source: comment() });
    expect(await openRequests(await ports.registry.snapshot(), { model: "penguins" })).toEqual([]);
    expect(await say(ports, one)).toMatchObject({ outcome: "closed" });
    expect(await live(ports)).toBe(1);
  });

  it("is refused, and not left waiting, where nobody could ever approve it", async () => {
    const { ports } = await withVersions(1);
    expect(await ask({ ...ports, identifiesUsers: false })).toMatchObject({
      outcome: "refused",
      decision: { refusals: [{ code: "APPROVALS_UNAVAILABLE" }] },
    });
    expect(await promoteVersion(ports, { ...PRODUCTION, requestedBy: ada })).toMatchObject({
      outcome: "refused",
      decision: { refusals: [{ code: "APPROVALS_MISSING" }] },
    });
  });

  it("is previewed without a trace", async () => {
    const { ports, origin } = await withVersions(1);
    const before = await gitIn(origin, "rev-parse", "registry");
    const preview = { ...PRODUCTION, requestedBy: ada, preview: true };
    expect(await promoteVersion(ports, { ...preview, source: comment() })).toMatchObject({ outcome: "waiting" });
    expect(await promoteVersion(ports, preview)).toMatchObject({ outcome: "refused" });
    expect(await gitIn(origin, "rev-parse", "registry")).toBe(before);
  });

  it("keeps as much of a reason as a record holds, and can be read afterwards", async () => {
    const { ports, origin } = await withVersions(2, { "slipway.yaml": policyYaml(0) });
    const reason = `${"x".repeat(1_998)}🐧 and so on`;
    const promote = (version: number) =>
      promoteVersion(ports, { ...PRODUCTION, version, reason, requestedBy: ada, source: comment() });
    const kept = { decision: { reason: `${"x".repeat(1_998)}…` } };
    expect(await promote(1)).toMatchObject(kept);
    await promote(2);
    const hold = { model: "penguins", hold: true, reason, by: ada, source: comment() };
    expect(await holdModel(ports, hold)).toMatchObject({ review: kept.decision });
    expect(await rollBack(ports, { ...PRODUCTION, reason, requestedBy: ada, source: comment() })).toMatchObject(kept);
    expect(await findings({ origin })).toEqual([]);
  });

  it("is found by the pull request that it was asked for on", async () => {
    const { ports } = await withVersions(2);
    const first = await asked(ports, { version: 1, source: comment({ issue: 7 }) });
    const second = await asked(ports, { version: 2, source: comment({ issue: 8 }) });
    const snapshot = await ports.registry.snapshot();
    const ids = async (issue?: number) =>
      (await openRequests(snapshot, { model: "penguins", issue })).map(({ id }) => id);
    expect(await ids(7)).toEqual([first]);
    expect(await ids(8)).toEqual([second]);
    expect((await ids()).sort()).toEqual([first, second].sort());
  });

  it("is refused where there is no such request", async () => {
    const { ports } = await withVersions(1);
    await expect(say(ports, "0".repeat(32))).rejects.toMatchObject({ code: "REQUEST_UNKNOWN" });
  });
});

describe("an act that comes again", () => {
  it.each([
    ["a request", policyYaml(1)],
    ["a promotion", policyYaml(0)],
    ["a refusal", policyYaml(1, "{ metric: accuracy, at-least: 0.99 }")],
  ])("is %s once, from whichever server and although its comment was edited", async (_, policy) => {
    const { ports, host, origin } = await withVersions(1, { "slipway.yaml": policy });
    const source = comment();
    const first = await ask(ports, { source });
    await register(ports.registry);
    const tip = await gitIn(origin, "rev-parse", "registry");
    const edited = { ...source, body_sha256: "f".repeat(64) };
    const again = await ask(await host(), { source: edited });
    expect(again).toEqual(first);
    expect(await gitIn(origin, "rev-parse", "registry")).toBe(tip);
  });

  it("is a review once, and answers what came of it", async () => {
    const { ports, host, origin } = await withVersions(2);
    const request = await asked(ports, { version: 1 });
    const source = comment();
    const first = await say(ports, request, { source });
    expect(first).toMatchObject({ outcome: "promoted" });
    // A host that looks for the open request finds another one by now.
    const other = await asked(ports, { version: 2 });
    const tip = await gitIn(origin, "rev-parse", "registry");
    expect(await say(await host(), other, { source })).toEqual(first);
    expect(await gitIn(origin, "rev-parse", "registry")).toBe(tip);
  });

  it("is a rollback once: no second step back", async () => {
    const { ports, host } = await withVersions(3, { "slipway.yaml": policyYaml(0) });
    for (const version of [1, 2, 3]) await ask(ports, { version });
    const source = comment();
    const first = await rollBack(ports, { ...PRODUCTION, requestedBy: ada, source });
    expect(first).toMatchObject({ outcome: "rolled-back", decision: { version: 2, request: actId(source) } });
    expect(await rollBack(await host(), { ...PRODUCTION, requestedBy: ada, source })).toEqual(first);
    expect(await live(ports)).toBe(2);
    await rollBack(ports, { ...PRODUCTION, requestedBy: ada, source: comment() });
    expect(await live(ports)).toBe(1);
  });

  it.each(["ask", "say", "hold", "rollback"])(
    "is done once where the connection breaks after the push: %s",
    async (what) => {
      const { ports, origin } = await withVersions(2, what === "rollback" ? { "slipway.yaml": policyYaml(0) } : {});
      const broken = breakingOnce(ports);
      const run = async () => {
        if (what === "ask") return (await ask(broken)).outcome;
        if (what === "say") return (await say(broken, await asked(ports))).outcome;
        if (what === "hold")
          return (await holdModel(broken, { model: "penguins", hold: true, by: ada, source: comment() })).outcome;
        for (const version of [1, 2]) await ask(ports, { version });
        return (await rollBack(broken, { ...PRODUCTION, requestedBy: ada, source: comment() })).outcome;
      };
      const expected = { ask: "waiting", say: "promoted", hold: "held", rollback: "rolled-back" };
      expect(await run()).toBe(expected[what as keyof typeof expected]);
      expect(await findings({ origin })).toEqual([]);
      const commits = { ask: "3", say: "4", hold: "3", rollback: "5" };
      expect(await gitIn(origin, "rev-list", "--count", "registry")).toBe(commits[what as keyof typeof commits]);
    },
  );
});

describe("two at once, on two servers", () => {
  it("end as one where they are the same promotion", async () => {
    const { ports, host, origin } = await withVersions(1, { "slipway.yaml": policyYaml(0) });
    const source = comment();
    const hosts = [ports, await host(), await host()];
    const results = await Promise.all(hosts.map((each) => ask(each, { source })));
    expect(new Set(results.map((result) => JSON.stringify(result))).size).toBe(1);
    expect(await gitIn(origin, "rev-list", "--count", "registry")).toBe("2");
    expect(await findings({ origin })).toEqual([]);
  });

  it("promote one version once where two people ask", async () => {
    const { ports, host, origin } = await withVersions(1, { "slipway.yaml": policyYaml(0) });
    const results = await Promise.all([ask(ports, { by: ada }), ask(await host(), { by: grace })]);
    expect(results.map(({ outcome }) => outcome).sort()).toEqual(["promoted", "unchanged"]);
    expect(await (await ports.registry.snapshot()).list("decision", "penguins")).toHaveLength(1);
    expect(await findings({ origin })).toEqual([]);
  });

  it("lose no approval", async () => {
    const { ports, host, origin } = await withVersions(1, { "slipway.yaml": policyYaml(2) });
    const request = await asked(ports);
    const results = await Promise.all([say(ports, request), say(await host(), request, { by: alan })]);
    expect(results.map(({ outcome }) => outcome).sort()).toEqual(["promoted", "waiting"]);
    expect(await findings({ origin })).toEqual([]);
  });
});

describe("who may", () => {
  const roles = `${policyYaml(0)}roles: { promote: { users: [ada] } }\n`;
  const as = (login: string) => async (policy: Policy) =>
    authorizeAct(policy, "promote", { login, id: 1, permission: "write", given: true, teams: [] });

  it("is asked before anything is recorded", async () => {
    const { ports, origin } = await withVersions(1, { "slipway.yaml": roles });
    const before = await gitIn(origin, "rev-parse", "registry");
    const about = { requestedBy: grace, authorize: as("grace") };
    const denied = { outcome: "denied", refusal: { code: "NOT_ALLOWED" } };
    expect(await promoteVersion(ports, { ...PRODUCTION, ...about, source: comment() })).toMatchObject(denied);
    expect(await rollBack(ports, { ...PRODUCTION, ...about, source: comment() })).toMatchObject(denied);
    const hold = { model: "penguins", hold: true, by: grace, authorize: as("grace"), source: comment() };
    expect(await holdModel(ports, hold)).toMatchObject(denied);
    expect(await gitIn(origin, "rev-parse", "registry")).toBe(before);
  });

  it("is asked of a reviewer, for the role of approving", async () => {
    const { ports, origin } = await withVersions(1, {
      "slipway.yaml": `${policyYaml(1)}roles: { approve: { users: [alan] } }\n`,
    });
    const request = await asked(ports);
    const before = await gitIn(origin, "rev-parse", "registry");
    for (const verdict of ["approve", "reject"] as const) {
      const authorize = async (policy: Policy) =>
        authorizeAct(policy, verdict, { login: "grace", id: 1, permission: "admin", given: true, teams: [] });
      const about = { model: "penguins", request, verdict, by: grace, source: comment(), authorize };
      expect(await reviewRequest(ports, about)).toMatchObject({ outcome: "denied", refusal: { code: "NOT_ALLOWED" } });
    }
    expect(await gitIn(origin, "rev-parse", "registry")).toBe(before);
  });

  it("is what the default branch says when the decision is published, not when it was begun", async () => {
    const { ports, merge } = await withVersions(1, { "slipway.yaml": policyYaml(0) });
    let begun = false;
    const authorize = async (policy: Policy) => {
      const refusal = await as("grace")(policy);
      if (!begun) await merge({ "slipway.yaml": roles });
      begun = true;
      return refusal;
    };
    const asks = { ...PRODUCTION, requestedBy: grace, source: comment(), authorize };
    expect(await promoteVersion(ports, asks)).toMatchObject({ outcome: "denied" });
    expect(await live(ports)).toBeUndefined();
  });
});

describe("a hold", () => {
  const hold = (ports: Ports, on: boolean, source = comment()) =>
    holdModel(ports, { model: "penguins", hold: on, reason: "numbers look odd", by: grace, source });

  it("refuses promotions, in the CLI too, and lets roll back", async () => {
    const { ports, origin } = await withVersions(2, { "slipway.yaml": policyYaml(0) });
    for (const version of [1, 2]) await ask(ports, { version });
    expect(await hold(ports, true)).toMatchObject({ outcome: "held", review: { verdict: "hold", by: grace } });
    expect((await (await ports.registry.snapshot()).model("penguins"))?.hold).toMatchObject({ by: grace });
    await register(ports.registry);
    const held = { outcome: "refused", decision: { refusals: [{ code: "MODEL_ON_HOLD" }] } };
    expect(await ask(ports)).toMatchObject(held);
    const cli = { ...ports, name: "cli", identifiesUsers: false, runsUserCode: true };
    expect(await promoteVersion(cli, { ...PRODUCTION, requestedBy: ada })).toMatchObject(held);
    const back = await rollBack(ports, { ...PRODUCTION, requestedBy: ada, source: comment() });
    expect(back).toMatchObject({ outcome: "rolled-back", decision: { version: 1 } });
    expect(await findings({ origin })).toEqual([]);
  });

  it("ends with its release, and each is done once", async () => {
    const { ports, host, origin } = await withVersions(1, { "slipway.yaml": policyYaml(0) });
    const source = comment();
    await hold(ports, true, source);
    expect(await hold(ports, true)).toMatchObject({ outcome: "unchanged", hold: { by: grace } });
    expect(await hold(ports, false)).toMatchObject({ outcome: "released", review: { verdict: "unhold" } });
    expect(await hold(ports, false)).toEqual({ outcome: "unchanged" });
    // The first one's delivery comes again: the model stays released.
    expect(await hold(await host(), true, source)).toMatchObject({ outcome: "held" });
    expect(await ask(ports)).toMatchObject({ outcome: "promoted" });
    expect(await findings({ origin })).toEqual([]);
  });

  it("holds though somebody took it out of the model's record by hand, until it is released", async () => {
    const { ports, origin } = await withVersions(1, { "slipway.yaml": policyYaml(0) });
    await hold(ports, true);
    const unheld = (text: string) => {
      const { hold: _, ...record } = JSON.parse(text);
      return `${JSON.stringify(record, null, 2)}\n`;
    };
    await rewriteTip(origin, { "models/f9/penguins/model.json": unheld });
    const forged = { outcome: "refused", decision: { refusals: [{ code: "RECORD_FORGED" }] } };
    expect(await ask(ports)).toMatchObject(forged);
    const later = { ...ports, clock: () => new Date("2026-03-01T09:01:00Z") };
    await hold(later, true);
    await hold({ ...ports, clock: () => new Date("2026-03-01T09:02:00Z") }, false);
    expect(await ask(ports)).toMatchObject({ outcome: "promoted" });
  });
});
