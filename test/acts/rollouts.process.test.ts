import { describe, expect, it } from "vitest";
import { changeVersion } from "../../core/acts/change-version.ts";
import { decideAgain } from "../../core/acts/decide-again.ts";
import { holdModel } from "../../core/acts/hold.ts";
import type { Ports } from "../../core/acts/ports.ts";
import { promoteVersion } from "../../core/acts/promote.ts";
import { rollBack } from "../../core/acts/rollback.ts";
import { type Evidence, type StepRolloutOptions, stepRollout } from "../../core/acts/step-rollout.ts";
import { readLog } from "../../core/registry/log.ts";
import { verifyRegistry } from "../../core/registry/verify.ts";
import { figuresOf, NO_FIGURES, sumFigures } from "../../core/rollout/figures.ts";
import type { ModelRecord } from "../../schemas/model-record.ts";
import type { RolloutFigures } from "../../schemas/rollout.ts";
import { comment, forge, PERSONS } from "./hosts.ts";
import { registerTip } from "./runs.ts";

const { ada, grace } = PERSONS;
const PRODUCTION = { model: "penguins", stage: "production" };
const POLICY = `slipway: 1
rollout:
  production:
    steps: [{ shadow: 1h }, { share: 0.1, for: 30m }, { share: 1 }]
    abort: [{ metric: error_rate, at-most: 0.02, min-requests: 200 }]
`;
const START = Date.parse("2026-03-01T09:00:00Z");

const counted = (requests: number, errors = 0): RolloutFigures =>
  sumFigures([
    ...Array.from({ length: requests }, (_, at) => figuresOf({ ms: 5, failed: at < errors })),
    { ...NO_FIGURES, compared: requests },
  ]);

/** Version 1 in production, version 2 on its way there, version 3 beside; and a clock that is set by hand. */
async function rolled(versions = 3) {
  let minutes = 0;
  const repository = await forge({ "slipway.yaml": POLICY });
  const clock = () => new Date(START + minutes * 60_000);
  const [ports, other] = [await repository.host({ clock }), await repository.host({ clock })];
  for (let version = 1; version <= versions; version += 1) {
    await repository.merge({ "models/penguins/README.md": `version ${version}` });
    await registerTip(ports);
  }
  const promote = (version: number) =>
    promoteVersion(ports, { ...PRODUCTION, version, requestedBy: ada, source: comment() });
  await promote(1);
  const begun = await promote(2);
  const now = () => new Date(START + minutes * 60_000).toISOString();
  const evidence = (figures: RolloutFigures): Evidence => ({ figures, until: now() });
  return {
    ...{ ...repository, ports, other, promote, begun },
    at(minute: number) {
      minutes = minute;
    },
    step: (figures?: RolloutFigures, about: Partial<StepRolloutOptions> = {}, host = ports) =>
      stepRollout(host, {
        ...{ ...PRODUCTION, by: grace, observe: async () => figures && evidence(figures) },
        ...about,
      }),
    person: (asked: "pause" | "resume" | "abort") =>
      stepRollout(ports, { ...PRODUCTION, asked, by: grace, source: comment(), observe: async () => undefined }),
    record: () => recordOf(ports),
    found: () => findings(repository),
  };
}

async function recordOf(ports: Ports): Promise<ModelRecord> {
  const record = await (await ports.registry.snapshot()).model("penguins");
  if (record === undefined) throw new Error("no penguins");
  return record;
}

async function findings({ origin }: { origin: string }): Promise<string[]> {
  const { findings: found } = await verifyRegistry({ folder: origin, decide: decideAgain });
  return found.map(({ code, message }) => `${code}: ${message}`);
}

describe("a promotion where the policy has a plan", () => {
  it("goes straight in where nothing is live", async () => {
    const { record } = await rolled();
    expect((await record()).stages["production"]).toMatchObject({ version: 1, assignment: 1 });
  });

  it("begins a rollout beside what is live, and leaves stage and tags as they are", async () => {
    const { begun, record, found } = await rolled();
    expect(begun).toMatchObject({
      outcome: "rolling-out",
      decision: { replaces: 1, rollout: { steps: [{}, {}, {}] } },
    });
    const { stages, rollouts, assignments } = await record();
    expect([stages["production"]?.version, assignments]).toEqual([1, 1]);
    expect(rollouts).toMatchObject({ production: { version: 2, n: 0, step: 0 } });
    expect(await found()).toEqual([]);
  });

  it("is nothing new of the version that is on its way", async () => {
    const { promote } = await rolled();
    expect(await promote(2)).toMatchObject({ outcome: "unchanged", version: 2, rollout: { step: 0 } });
  });

  it("of another version ends the one under way, in the same commit", async () => {
    const { promote, record, found, ports } = await rolled();
    await promote(3);
    expect((await record()).rollouts).toMatchObject({ production: { version: 3 } });
    const ended = await (await ports.registry.snapshot()).list("rollout", "penguins");
    expect(ended).toMatchObject([{ act: "abort", cause: "superseded", version: 2, n: 1 }]);
    expect(await found()).toEqual([]);
  });

  it("of a version that was rolled out in vain begins anew", async () => {
    const { promote, person, record, found } = await rolled();
    await person("abort");
    expect(await promote(2)).toMatchObject({ outcome: "rolling-out" });
    expect((await record()).rollouts).toMatchObject({ production: { version: 2, n: 0 } });
    expect(await found()).toEqual([]);
  });
});

describe("a step", () => {
  it("waits while its time is not over", async () => {
    const { at, step, record } = await rolled();
    at(59);
    expect(await step(counted(500))).toMatchObject({ outcome: "waiting", reason: expect.stringMatching(/ends at/) });
    expect((await record()).rollouts?.["production"]?.n).toBe(0);
  });

  it("leads to the next, and the last one into the stage, with a tag and figures", async () => {
    const { at, step, record, found, ports } = await rolled();
    at(60);
    expect(await step(counted(500))).toMatchObject({ outcome: "stepped", rollout: { act: "advance", step: 1 } });
    at(90);
    expect(await step(counted(300))).toMatchObject({
      outcome: "stepped",
      rollout: { act: "complete", step: 2, figures: { requests: 300 } },
      decision: { outcome: "promoted", replaces: 1, assignment: 2 },
    });
    const { stages, rollouts } = await record();
    expect([stages["production"]?.version, rollouts]).toEqual([2, undefined]);
    expect(await found()).toEqual([]);
    const acts = await readLog(ports.workspace.folder, { commit: "refs/remotes/origin/registry" });
    expect(acts.slice(0, 3).map(({ act, outcome, rollout }) => [act, outcome, rollout])).toEqual([
      ["promote", "promoted", undefined],
      ["advance", undefined, 1],
      ["promote", "rolling-out", undefined],
    ]);
  });

  it("is done once by its rollout and number, though two look at the same time", async () => {
    const { at, step, ports } = await rolled();
    at(60);
    await Promise.all([step(counted(500)), step(counted(500))]);
    const records = await (await ports.registry.snapshot()).list("rollout", "penguins");
    expect(records.map(({ n, act }) => [n, act])).toEqual([[1, "advance"]]);
  });

  it("pauses once without a report, and goes on by itself when there is one", async () => {
    const { at, step, found } = await rolled();
    at(71);
    expect(await step()).toMatchObject({ rollout: { act: "pause", cause: "figures" } });
    expect(await step()).toMatchObject({ outcome: "waiting", reason: expect.stringMatching(/nothing is counted/) });
    at(80);
    expect(await step(counted(500))).toMatchObject({ rollout: { act: "advance", n: 2 } });
    expect(await found()).toEqual([]);
  });

  it("pauses with too few requests", async () => {
    const { at, step } = await rolled();
    at(60);
    const reason = expect.stringMatching(/needs 200 requests, and there are 199/);
    expect(await step(counted(199))).toMatchObject({ rollout: { act: "pause", reason } });
  });

  it("ends the rollout when a rule is broken, before its time, and assigns nothing", async () => {
    const { at, step, record, found } = await rolled();
    at(5);
    expect(await step(counted(200, 5))).toMatchObject({ rollout: { act: "abort", cause: "figures", step: 0 } });
    const { stages, rollouts } = await record();
    expect([stages["production"]?.version, rollouts]).toEqual([1, undefined]);
    expect(await step()).toEqual({ outcome: "none" });
    expect(await found()).toEqual([]);
  });

  it("waits while a person has paused it, and ends when a rule is broken all the same", async () => {
    const { at, step, person, found } = await rolled();
    await person("pause");
    at(60);
    expect(await step(counted(500))).toMatchObject({ outcome: "waiting", reason: expect.stringMatching(/paused/) });
    await person("resume");
    expect(await step(counted(500))).toMatchObject({ rollout: { act: "advance", n: 3 } });
    await person("pause");
    expect(await step(counted(200, 200))).toMatchObject({ rollout: { act: "abort" } });
    expect(await found()).toEqual([]);
  });

  it("waits while the model is on hold", async () => {
    const { at, step, ports } = await rolled();
    await holdModel(ports, { model: "penguins", hold: true, by: grace, source: comment() });
    at(60);
    expect(await step(counted(500))).toMatchObject({ outcome: "waiting", reason: expect.stringMatching(/on hold/) });
  });

  it("asked for twice in one comment is one record", async () => {
    const { step, ports } = await rolled();
    const source = comment();
    const once = await step(undefined, { asked: "pause", source });
    expect(await step(undefined, { asked: "pause", source })).toEqual(once);
    expect(await (await ports.registry.snapshot()).list("rollout", "penguins")).toHaveLength(1);
  });

  it("of somebody who may not is recorded nowhere", async () => {
    const { step, record } = await rolled();
    const refusal = { code: "NOT_ALLOWED", message: "no" };
    expect(await step(undefined, { asked: "abort", authorize: async () => refusal })).toEqual({
      outcome: "denied",
      refusal,
    });
    expect((await record()).rollouts).toMatchObject({ production: { version: 2 } });
  });

  it("of a preview is recorded nowhere", async () => {
    const { at, step, record } = await rolled();
    at(60);
    expect(await step(counted(500), { preview: true })).toMatchObject({ rollout: { act: "advance" } });
    expect((await record()).rollouts?.["production"]?.n).toBe(0);
  });
});

describe("what somebody else did just before", () => {
  /** Does something once, between reading and publishing. */
  const meanwhile = (act: () => Promise<unknown>) => {
    let done = false;
    return async () => {
      if (!done) {
        done = true;
        await act();
      }
      return undefined;
    };
  };
  const kept = async (ports: Ports) =>
    (await (await ports.registry.snapshot()).list("rollout", "penguins")).map(({ n, act, cause }) => [n, act, cause]);

  it("is no abort if it was a step: the abort follows it", async () => {
    const { at, step, record, found, other, ports } = await rolled();
    at(60);
    const authorize = meanwhile(() => step(counted(500), {}, other));
    expect(await step(undefined, { asked: "abort", authorize })).toMatchObject({ rollout: { act: "abort", n: 2 } });
    expect((await record()).rollouts).toBeUndefined();
    expect(await kept(ports)).toEqual([
      [1, "advance", "figures"],
      [2, "abort", "person"],
    ]);
    expect(await found()).toEqual([]);
  });

  it("is no rollback if it was a step: the rollback ends the rollout", async () => {
    const { at, step, record, found, other, ports } = await rolled();
    at(60);
    const authorize = meanwhile(() => step(counted(500), {}, other));
    expect(await rollBack(ports, { ...PRODUCTION, requestedBy: grace, authorize })).toMatchObject({
      outcome: "aborted",
      ended: { act: "abort", n: 2, cause: "rolled-back" },
    });
    expect((await record()).rollouts).toBeUndefined();
    expect(await found()).toEqual([]);
  });

  it("is as good as a rollback if it was an abort: the stage goes no further back", async () => {
    const { at, step, promote, record, found, other, ports } = await rolled();
    at(60);
    await step(counted(500));
    at(90);
    await step(counted(500));
    await promote(3);
    const authorize = meanwhile(() => step(counted(200, 200), {}, other));
    expect(await rollBack(ports, { ...PRODUCTION, requestedBy: grace, authorize })).toMatchObject({
      outcome: "aborted",
      ended: { cause: "figures", version: 3 },
    });
    expect((await record()).stages["production"]?.version).toBe(2);
    expect(await found()).toEqual([]);
  });

  it.each([
    ["completion", "abort"],
    ["abort", "completion"],
  ])("stands: after the %s there is no %s", async (first) => {
    const { at, step, record, found, other, ports } = await rolled();
    at(60);
    await step(counted(500));
    at(90);
    const complete = (about = {}, host?: Ports) => step(counted(500), about, host);
    const abort = (about = {}, host?: Ports) => step(undefined, { ...about, asked: "abort" }, host);
    const [sooner, later] = first === "completion" ? [complete, abort] : [abort, complete];
    expect(await later({ authorize: meanwhile(() => sooner({}, other)) })).toEqual({ outcome: "none" });
    const { stages, rollouts } = await record();
    expect([stages["production"]?.version, rollouts]).toEqual([first === "completion" ? 2 : 1, undefined]);
    expect(await kept(ports)).toHaveLength(2);
    expect(await found()).toEqual([]);
  });

  it("is no pause by a person if the figures paused it: the person's follows", async () => {
    const { at, step, record, found, other } = await rolled();
    at(71);
    const authorize = meanwhile(() => step(undefined, {}, other));
    expect(await step(undefined, { asked: "pause", authorize })).toMatchObject({ rollout: { n: 2, cause: "person" } });
    expect((await record()).rollouts?.["production"]?.paused?.by).toBe("person");
    expect(await found()).toEqual([]);
  });
});

describe("while a version is on its way, it ends with", () => {
  it("a rollback, which leaves the stage as it was", async () => {
    const { ports, record, found } = await rolled();
    const source = comment();
    const roll = () => rollBack(ports, { ...PRODUCTION, requestedBy: grace, source });
    const ended = await roll();
    expect(ended).toMatchObject({ outcome: "aborted", ended: { cause: "rolled-back", version: 2 } });
    expect(await roll()).toEqual(ended);
    const { stages, rollouts } = await record();
    expect([stages["production"]?.version, rollouts]).toEqual([1, undefined]);
    expect(await found()).toEqual([]);
  });

  it("a rollback to an earlier version, in the same commit", async () => {
    const { ports, at, step, promote, record, found } = await rolled();
    at(60);
    await step(counted(500));
    at(90);
    await step(counted(500));
    await promote(3);
    expect(await rollBack(ports, { ...PRODUCTION, to: 1, requestedBy: grace, source: comment() })).toMatchObject({
      outcome: "rolled-back",
    });
    const { stages, rollouts } = await record();
    expect([stages["production"]?.version, rollouts]).toEqual([1, undefined]);
    expect(await found()).toEqual([]);
  });

  it.each(["withdraw", "archive"] as const)("%s of that version", async (act) => {
    const { ports, record, found } = await rolled();
    await changeVersion(ports, { model: "penguins", version: 2, act, by: grace });
    const { stages, rollouts } = await record();
    expect([stages["production"]?.version, rollouts]).toEqual([1, undefined]);
    expect(await found()).toEqual([]);
  });

  it.each(["unassign", "withdraw"] as const)("what empties the stage: %s of the live version", async (act) => {
    const { ports, record, found } = await rolled();
    await changeVersion(ports, { model: "penguins", version: 1, act, by: grace });
    const { stages, rollouts } = await record();
    expect([stages["production"], rollouts]).toEqual([undefined, undefined]);
    const [ended] = await (await ports.registry.snapshot()).list("rollout", "penguins");
    expect(ended).toMatchObject({ cause: "emptied" });
    expect(await found()).toEqual([]);
  });
});
