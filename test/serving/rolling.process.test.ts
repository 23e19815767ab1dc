import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { changeVersion } from "../../core/acts/change-version.ts";
import { promoteVersion } from "../../core/acts/promote.ts";
import { checkReports, storedReports } from "../../core/acts/rollout-reports.ts";
import { signersOf } from "../../core/acts/signers.ts";
import { type Evidence, stepRollout } from "../../core/acts/step-rollout.ts";
import { SlipwayError } from "../../core/errors.ts";
import { signingWith } from "../../core/git/sign.ts";
import type { PrivateKey } from "../../core/git/ssh/private-key.ts";
import { publicKeyLine } from "../../core/git/ssh/public-key.ts";
import { registryOn } from "../../core/registry/open.ts";
import { figuresOf, sumFigures } from "../../core/rollout/figures.ts";
import type { Ask, Prediction } from "../../core/runtime/answering/answering.ts";
import { rolloutFigures } from "../../core/serving/request-log/rollout-figures.ts";
import { openNamedFolder } from "../../core/stores/file/named.ts";
import type { RolloutPlan } from "../../schemas/rollout.ts";
import { keyInMemory } from "../git/ssh/keys.ts";
import { ADA, promote } from "../registry/builders.ts";
import { NumberAnswering } from "./builders.ts";
import { opened, registerNext, servedHost, untilLive } from "./registered.ts";

const policy = (abort: string) => `slipway: 1
rollout:
  production:
    steps: [{ shadow: 1h }, { share: 0.5, for: 30m }, { share: 1 }]
    abort: [${abort}]
`;
const ERRORS = "{ metric: error_rate, at-most: 0.5, min-requests: 4 }";
const DISAGREEMENT = "{ metric: disagreement, at-most: 0.5, min-requests: 4 }";
const START = Date.parse("2026-03-01T09:00:00Z");
const PRODUCTION = { model: "tiny", stage: "production" };

/** Answers with its own number where `x` is even, else with 0, as every version does; or as the test says. */
class HalfNumber extends NumberAnswering {
  fail: Error | undefined;
  hang: Promise<unknown> | undefined;
  readonly seen: string[] = [];

  override async ask(ask: Ask): Promise<Prediction[]> {
    const answers = await super.ask(ask);
    this.seen.push(ask.id);
    await this.hang;
    if (this.fail) throw this.fail;
    return ask.rows.map(({ x }, at) => (Number(x) % 2 === 0 ? (answers[at] as Prediction) : { prediction: 0 }));
  }
}

/** Version 1 of `tiny` in production, and version 2 on its way there, in a serving process with a log. */
async function rolling(abort = ERRORS, reportKey?: PrivateKey) {
  let minutes = 0;
  const clock = () => new Date(START + minutes * 60_000);
  const host = { ...(await servedHost(["tiny"], policy(abort))), clock };
  await registerNext(host);
  await registerNext(host);
  const promote = (version: number) => promoteVersion(host, { ...PRODUCTION, version, requestedBy: ADA });
  await promote(1);
  const begun = await promote(2);
  if (!("decision" in begun)) throw new Error(`it was ${begun.outcome}`);
  const folder = await mkdtemp(join(tmpdir(), "slipway-rolling-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const requestLog = {
    ...{ store: openNamedFolder(join(folder, "store")), spool: join(folder, "spool") },
    ...{ sample: undefined, keep: undefined },
  };
  const workers = new Map<number, HalfNumber>();
  const serving = await opened(
    { ...host, requestLog },
    {
      reportKey,
      start: async ({ version }) => {
        const answering = new HalfNumber(version);
        workers.set(version, answering);
        return answering;
      },
    },
  );
  await expect.poll(() => serving.endpoints()[0]?.beside.length).toBe(1);
  let requests = 0;
  const rollout = () => serving.status().endpoints[0]?.rollout;
  const count = workers.get(2)?.seen.length ?? 0;
  return {
    ...{ host, serving, rollout, promote, begun },
    store: requestLog.store,
    stable: workers.get(1) as HalfNumber,
    candidate: workers.get(2) as HalfNumber,
    /** What the new version was asked, but for warming up. */
    askedBeside: () => (workers.get(2)?.seen ?? []).slice(count),
    ask(x = 1, about: { key?: string; version?: number } = {}) {
      requests += 1;
      return serving.ask({ rows: [{ x }], id: `r${requests}`, route: "test", ...about });
    },
    /** The next step by a record, on figures that let it. */
    async advance(minute: number) {
      minutes = minute;
      const figures = sumFigures(Array.from({ length: 9 }, () => figuresOf({ ms: 1, failed: false, compared: 1 })));
      const observe = async (): Promise<Evidence> => ({ figures, until: clock().toISOString() });
      const stepped = await stepRollout(host, { ...PRODUCTION, by: ADA, observe });
      expect(stepped).toMatchObject({ outcome: "stepped" });
      serving.poke();
    },
    abort: () =>
      stepRollout(host, { ...PRODUCTION, by: ADA, asked: "abort", observe: async () => undefined }).then(() =>
        serving.poke(),
      ),
    logged: (step: number) =>
      rolloutFigures(requestLog, { model: "tiny", decision: begun.decision.id, step, since: new Date(0) }),
  };
}

it("asks the new version beside the live one, whose answer the client gets, and counts rows that disagree", async () => {
  const { ask, askedBeside, rollout, serving, logged } = await rolling();
  for (const x of [1, 2, 3]) expect((await ask(x)).version.version).toBe(1);
  await expect.poll(() => rollout()?.figures).toMatchObject({ requests: 3, errors: 0, compared: 3, disagreed: 1 });
  expect(askedBeside()).toEqual(["r1", "r2", "r3"]);
  await serving.close(0);
  expect(await logged(0)).toMatchObject({ requests: 3, errors: 0, compared: 3, disagreed: 1 });
});

it("does not hold rows against the new version that the live one's program refuses too", async () => {
  const { ask, stable, candidate, rollout } = await rolling();
  stable.fail = candidate.fail = new SlipwayError("SERVE_ERROR", "no such island");
  for (let request = 1; request <= 6; request += 1) await expect(ask()).rejects.toThrow("no such island");
  stable.fail = candidate.fail = undefined;
  await ask();
  await expect.poll(() => rollout()?.figures).toMatchObject({ requests: 1, errors: 0 });
  expect(rollout()).not.toHaveProperty("stopped");
});

it("waits for no answer of the new version, and bounds how many are under way", async () => {
  const { ask, askedBeside, candidate, rollout, serving } = await rolling();
  let release = () => {};
  candidate.hang = new Promise<void>((resolve) => {
    release = resolve;
  });
  for (let each = 0; each < 40; each += 1) expect((await ask()).version.version).toBe(1);
  expect(askedBeside()).toHaveLength(32);
  expect(rollout()?.figures.requests).toBe(0);
  release();
  await expect.poll(() => rollout()?.figures.requests).toBe(32);
  await serving.close(0);
});

it("counts no fault of the new version against a client", async () => {
  const { ask, candidate, rollout, serving } = await rolling();
  candidate.fail = new Error("a bug");
  expect((await ask()).predictions).toEqual([{ prediction: 0 }]);
  await expect.poll(() => rollout()?.figures).toMatchObject({ requests: 1, errors: 1, compared: 0 });
  await serving.close(0);
});

it.each([
  [ERRORS, "error_rate is 1 over 4 requests"],
  [DISAGREEMENT, "disagreement is 1 over 4 requests"],
])("stops by itself when a rule is broken (%s), and says so", async (abort, reason) => {
  const { ask, askedBeside, candidate, rollout, serving } = await rolling(abort);
  if (abort === ERRORS) candidate.fail = new Error("a bug");
  for (let each = 0; each < 4; each += 1) await ask(2);
  await expect.poll(() => rollout()?.stopped).toContain(reason);
  const before = askedBeside().length;
  await ask(2);
  expect(askedBeside()).toHaveLength(before);
  expect(serving.events.filter(({ event }) => event === "stopped")).toEqual([
    { event: "stopped", ...PRODUCTION, version: 2, reason: expect.stringContaining(reason) },
  ]);
  await serving.close(0);
});

it("gives a share of the keys to the new version, each key to one version for good", async () => {
  const { ask, advance, rollout, serving, logged } = await rolling();
  await advance(60);
  await expect.poll(() => rollout()?.step).toBe(2);
  const keys = Array.from({ length: 60 }, (_, at) => `user-${at}`);
  const versions = async () => Promise.all(keys.map(async (key) => (await ask(1, { key })).version.version));
  const first = await versions();
  expect(new Set(first)).toEqual(new Set([1, 2]));
  expect(await versions()).toEqual(first);
  const taken = first.filter((version) => version === 2).length;
  expect(rollout()?.figures).toMatchObject({ requests: 2 * taken, errors: 0 });
  await serving.close(0);
  expect(await logged(1)).toMatchObject({ requests: 2 * taken });
});

it("stops to give it a share when a rule is broken: nobody meets it any more", async () => {
  const { ask, advance, candidate, rollout, serving } = await rolling();
  await advance(60);
  await expect.poll(() => rollout()?.step).toBe(2);
  candidate.fail = new Error("a bug");
  const keys = Array.from({ length: 60 }, (_, at) => `user-${at}`);
  for (const key of keys) await ask(1, { key }).catch(() => {});
  expect(rollout()?.stopped).toContain("error_rate");
  for (const key of keys) expect((await ask(1, { key })).version.version).toBe(1);
  await serving.close(0);
});

it("lets the version take over at the last step, without another start", async () => {
  const { ask, advance, candidate, rollout, serving } = await rolling();
  await advance(60);
  await advance(90);
  await untilLive(serving, 2);
  expect((await ask()).version.version).toBe(2);
  expect([candidate.closed, rollout()]).toEqual([false, undefined]);
  await serving.close(0);
});

it("ends the new version's processes when the rollout is aborted", async () => {
  const { ask, abort, candidate, rollout, serving } = await rolling();
  await abort();
  await expect.poll(() => rollout()).toBeUndefined();
  expect((await ask()).version.version).toBe(1);
  await expect.poll(() => candidate.closed).toBe(true);
  await serving.close(0);
});

it("answers nobody once the live version is withdrawn, and ends what rolled out beside it", async () => {
  const { ask, candidate, host, serving, rollout } = await rolling();
  await changeVersion(host, { model: "tiny", version: 1, act: "withdraw", by: ADA });
  serving.poke();
  await expect.poll(() => [serving.endpoints()[0]?.live, rollout()]).toEqual([undefined, undefined]);
  await expect(ask()).rejects.toMatchObject({ code: "SERVE_NOT_READY" });
  await expect.poll(() => candidate.closed).toBe(true);
  await serving.close(0);
});

it("answers a request that was under way when the rollout ended, or the version took over", async () => {
  const { ask, abort, advance, candidate, serving, rollout } = await rolling();
  await advance(60);
  await expect.poll(() => rollout()?.step).toBe(2);
  const keys = Array.from({ length: 20 }, (_, at) => `user-${at}`);
  let release = () => {};
  candidate.hang = new Promise<void>((resolve) => {
    release = resolve;
  });
  const asked = keys.map((key) => ask(1, { key }));
  await abort();
  await expect.poll(() => rollout()).toBeUndefined();
  release();
  const versions = (await Promise.all(asked)).map(({ version }) => version.version);
  expect(new Set(versions)).toEqual(new Set([1, 2]));
  for (const key of keys) expect((await ask(1, { key })).version.version).toBe(1);
  await serving.close(0);
});

it("reports at once when a rule is broken: a record waits for that", async () => {
  const key = keyInMemory();
  const { ask, begun, candidate, rollout, serving, store } = await rolling(ERRORS, key);
  candidate.fail = new Error("a bug");
  const { id: decision, decided_at: since } = begun.decision;
  const state = { version: 2, decision, n: 0, step: 0, since };
  await expect.poll(() => storedReports(store, { state }), { timeout: 5_000 }).toHaveLength(1);
  for (let each = 0; each < 4; each += 1) await ask();
  await expect.poll(() => rollout()?.stopped).toBeDefined();
  const errors = async () =>
    checkReports(await storedReports(store, { state }), { ...PRODUCTION, state }, publicKeyLine(key.publicKey), since)
      .evidence?.figures.errors;
  await expect.poll(errors, { timeout: 5_000 }).toBe(4);
  await serving.close(0);
});

it("signs what it counted for the records of steps, when it ends at the latest", async () => {
  const key = keyInMemory();
  const { ask, begun, rollout, serving, store } = await rolling(ERRORS, key);
  for (let each = 0; each < 3; each += 1) await ask();
  await expect.poll(() => rollout()?.figures.requests).toBe(3);
  await serving.close(0);
  const { id: decision, decided_at: since } = begun.decision;
  const state = { version: 2, decision, n: 0, step: 0, since };
  const reports = await storedReports(store, { state });
  const { evidence, refused } = checkReports(reports, { ...PRODUCTION, state }, publicKeyLine(key.publicKey), since);
  expect([refused, evidence?.figures]).toEqual([[], expect.objectContaining({ requests: 3, compared: 3 })]);
});

it("answers by the version that a request names, and counts that for nobody", async () => {
  const { ask, rollout, serving } = await rolling();
  expect((await ask(1, { version: 2 })).version.version).toBe(2);
  expect(rollout()?.figures.requests).toBe(0);
  await serving.close(0);
});

it("routes nothing to a version whose rollout was forged where the policy names signers, says why, and the live one goes on", async () => {
  const key = keyInMemory();
  const signers = `signers: [{ name: app, key: "${publicKeyLine(key.publicKey)}" }]\n`;
  const forger = await servedHost(["tiny"], `${policy(ERRORS)}${signers}`);
  const { objects } = forger;
  const signing = { key: async () => signingWith(key), signers: signersOf({ objects, remote: undefined }) };
  const host = { ...forger, registry: await registryOn(objects, undefined, signing) };
  await registerNext(host);
  await registerNext(host);
  await promoteVersion(host, { ...PRODUCTION, version: 1, requestedBy: ADA });
  const rollout: RolloutPlan = { steps: [{ share: 0.99, for: "1h" }, { share: 1 }] };
  await promote(forger.registry, 2, { model: "tiny", outcome: "rolling-out", rollout });
  const serving = await opened(host);
  const about = { event: "failed", version: 2, error: expect.objectContaining({ code: "TAG_UNTRUSTED" }) };
  await expect.poll(() => serving.events).toContainEqual(expect.objectContaining(about));
  expect(serving.status().endpoints[0]?.rollout).toBeUndefined();
  expect(serving.endpoints()[0]?.beside).toEqual([]);
  for (const id of ["a", "b", "c"])
    expect((await serving.ask({ rows: [{ x: 1 }], id, key: id, route: "test" })).version.version).toBe(1);
  await serving.close(0);
});
