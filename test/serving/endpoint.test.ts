import { expect, it } from "vitest";
import { type EndpointEvent, openEndpoint } from "../../core/serving/endpoint.ts";
import type { ServedVersion } from "../../core/serving/served.ts";
import type { RolloutPlan } from "../../schemas/rollout.ts";
import { NumberAnswering, servedVersion, verifiedTarget } from "./builders.ts";

/** An endpoint whose versions come up when the test says so. */
function endpoint() {
  const events: EndpointEvent[] = [];
  const coming = new Map<number, { up(): void; fail(error: Error): void }>();
  const answering = new Map<number, NumberAnswering>();
  const made = openEndpoint({
    ...{ model: "tiny", stage: "production", clock: () => new Date("2026-03-01T09:00:00Z") },
    onEvent: (event) => events.push(event),
    prepare: ({ version }, signal) =>
      new Promise<ServedVersion>((resolve, reject) => {
        const own = new NumberAnswering(version);
        answering.set(version, own);
        coming.set(version, { up: () => resolve(servedVersion(version, own)), fail: reject });
        signal.addEventListener("abort", () => reject(signal.reason));
      }),
  });
  const step = async (act: () => void) => {
    act();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    ...{ made, events, answering },
    aim: (version: number | undefined, decision?: string) =>
      step(() => made.aim(version === undefined ? undefined : verifiedTarget(version, decision))),
    up: (version: number) => step(() => coming.get(version)?.up()),
    fail: (version: number, message: string) => step(() => coming.get(version)?.fail(new Error(message))),
  };
}

it("answers with the version before until the new one is up", async () => {
  const { made, aim, up } = endpoint();
  await aim(1);
  await up(1);
  await aim(2);
  expect(made.live()?.version).toBe(1);
  expect(made.status().next).toMatchObject({ version: 2, phase: "preparing" });
  await up(2);
  expect(made.live()?.version).toBe(2);
});

it("keeps the version before ready, and takes it back without a start", async () => {
  const { made, answering, aim, up } = endpoint();
  await aim(1);
  await up(1);
  await aim(2);
  await up(2);
  const first = answering.get(1);
  expect(first?.closed).toBe(false);
  await aim(1, "a-rollback");
  expect(made.live()?.version).toBe(1);
  expect(answering.get(1)).toBe(first);
  expect(made.status()).toMatchObject({ live: { decision: "a-rollback" }, before: { version: 2 } });
});

it("ends what is neither live nor the version before", async () => {
  const { answering, aim, up } = endpoint();
  for (const version of [1, 2, 3]) {
    await aim(version);
    await up(version);
  }
  expect([1, 2, 3].map((version) => answering.get(version)?.closed)).toEqual([true, false, false]);
});

it("tells that a version is prepared before it answers: a first environment takes minutes", async () => {
  const { events, aim } = endpoint();
  await aim(1);
  expect(events).toEqual([{ event: "starting", model: "tiny", stage: "production", version: 1 }]);
});

it("goes on with the old version if the new one does not come up, and says so", async () => {
  const { made, events, aim, up, fail } = endpoint();
  await aim(1);
  await up(1);
  await aim(2);
  await fail(2, "no module named numpy");
  expect(made.live()?.version).toBe(1);
  expect(made.state().problem).toBe("no module named numpy");
  expect(events.at(-1)).toMatchObject({ event: "failed", version: 2 });
  await made.close(0);
});

it("drops the problem of a version that is not wanted any more", async () => {
  const { made, aim, up, fail } = endpoint();
  await aim(1);
  await up(1);
  await aim(2);
  await fail(2, "no module named numpy");
  await aim(1, "a-rollback");
  expect(made.state().problem).toBeUndefined();
  expect(made.status().next).toBeUndefined();
});

it("gives up a version that was overtaken before it came up", async () => {
  const { made, aim, up } = endpoint();
  await aim(1);
  await up(1);
  await aim(2);
  await aim(3);
  await up(3);
  await up(2);
  expect(made.live()?.version).toBe(3);
  expect(made.status().before).toEqual({ version: 1 });
});

it("starts the version before anew if its workers ended since", async () => {
  const { made, answering, aim, up } = endpoint();
  await aim(1);
  await up(1);
  await aim(2);
  await up(2);
  const first = answering.get(1) as NumberAnswering;
  first.up = { ...first.up, ready: 0 };
  await aim(1, "a-rollback");
  expect(made.live()?.version).toBe(2);
  await up(1);
  expect(made.live()?.version).toBe(1);
  expect(first.closed).toBe(true);
});

it("answers with nothing once the stage is empty", async () => {
  const { made, answering, aim, up } = endpoint();
  await aim(1);
  await up(1);
  await aim(undefined);
  expect(made.live()).toBeUndefined();
  expect(answering.get(1)?.closed).toBe(true);
});

it("keeps what answers if the registry's word is refused", async () => {
  const { made, aim, up } = endpoint();
  await aim(1);
  await up(1);
  made.refuse(new Error("the tag is forged"));
  expect(made.state()).toMatchObject({ live: { version: 1 }, problem: "the tag is forged" });
});

const PLAN = { steps: [{ shadow: "1h" }, { share: 1 }] };
const rolls = (version: number, about: { decision?: string; step?: number; plan?: RolloutPlan } = {}) => ({
  ...{ ...verifiedTarget(version), plan: PLAN, step: 0, since: "2026-03-01T09:00:00Z" },
  ...about,
});

it("asks nobody beside while the version that rolls out does not come up, and says why", async () => {
  const { made, aim, up, fail } = endpoint();
  await aim(1);
  await up(1);
  made.aimBeside(rolls(2));
  expect(made.rolling()).toBeUndefined();
  await fail(2, "no module named numpy");
  expect(made.rolling()).toBeUndefined();
  expect(made.state().problem).toBeUndefined();
  expect(made.status().rollout).toMatchObject({ version: 2, phase: "failed", problem: "no module named numpy" });
  await made.close(0);
});

it("ends the version that rolled out when another one does, and keeps the live one", async () => {
  const { made, answering, aim, up } = endpoint();
  await aim(1);
  await up(1);
  made.aimBeside(rolls(2));
  await up(2);
  expect(made.rolling()?.candidate.version).toBe(2);
  made.aimBeside(rolls(3));
  await up(3);
  expect([1, 2, 3].map((version) => answering.get(version)?.closed)).toEqual([false, true, false]);
  expect(made.state()).toMatchObject({ live: { version: 1 }, beside: [{ version: 3 }], rollout: { version: 3 } });
});

const STRICT: RolloutPlan = { ...PLAN, abort: [{ metric: "error_rate", "at-most": 0, "min-requests": 1 }] };
const FAILED = { ms: 1, failed: true };

/** Version 1 is live, and version 2 rolls out beside it. */
async function besideOne() {
  const made = endpoint();
  await made.aim(1);
  await made.up(1);
  made.made.aimBeside(rolls(2, { plan: STRICT }));
  await made.up(2);
  return made;
}

it("asks nobody beside once the version that rolled out is live, though its rollout seems to go on", async () => {
  const { made, aim } = await besideOne();
  await aim(2);
  expect(made.live()?.version).toBe(2);
  expect(made.rolling()).toBeUndefined();
  expect(made.state().beside).toEqual([]);
});

it("says nothing of a rule that is broken when the rollout is over", async () => {
  const { made, aim, events } = await besideOne();
  const late = made.rolling()?.rolling;
  await aim(2);
  made.aimBeside(undefined);
  late?.count(0, FAILED);
  expect(late?.status().stopped).toContain("error_rate");
  expect(events.filter(({ event }) => event === "stopped")).toEqual([]);
});

it("goes on with the old version if the one that rolls out has crashed when its rollout is complete", async () => {
  const { made, answering, aim, up } = await besideOne();
  const crashed = answering.get(2) as NumberAnswering;
  crashed.up = { ...crashed.up, ready: 0 };
  await aim(2);
  expect([made.live()?.version, made.rolling()]).toEqual([1, undefined]);
  made.aimBeside(undefined);
  await up(2);
  expect([made.live()?.version, crashed.closed, answering.get(2)?.closed]).toEqual([2, true, false]);
});

it("ends what rolls out with the live version, if the registry takes both", async () => {
  const { made, answering, aim } = await besideOne();
  await aim(undefined);
  made.aimBeside(undefined);
  expect([made.live(), made.rolling()]).toEqual([undefined, undefined]);
  await expect.poll(() => [1, 2].map((version) => answering.get(version)?.closed)).toEqual([true, true]);
});

it("asks nobody beside while what rolls out is refused, and knows afterwards that a rule was broken", async () => {
  const { made, answering } = await besideOne();
  made.rolling()?.rolling.count(0, FAILED);
  made.refuseBeside({ version: 2, decision: "decision-2" }, new Error("the remote is away"));
  expect(made.rolling()).toBeUndefined();
  expect(made.status().rollout).toMatchObject({ version: 2, problem: "the remote is away" });
  made.aimBeside(rolls(2, { plan: STRICT, step: 1 }));
  expect(made.rolling()?.rolling.status().stopped).toContain("error_rate");
  expect(made.status().rollout?.problem).toBeUndefined();
  expect(answering.get(2)?.closed).toBe(false);
});

it("ends what rolled out if what comes after it is refused", async () => {
  const { made, answering } = await besideOne();
  made.refuseBeside({ version: 3, decision: "decision-3" }, new Error("the tag is forged"));
  expect([made.rolling(), made.status().rollout]).toEqual([undefined, undefined]);
  await expect.poll(() => answering.get(2)?.closed).toBe(true);
});

it("forgets that a rule was broken when the version is promoted once more", async () => {
  const { made } = await besideOne();
  made.rolling()?.rolling.count(0, FAILED);
  made.aimBeside(rolls(2, { plan: STRICT, decision: "another" }));
  expect(made.rolling()?.rolling.status().stopped).toBeUndefined();
});

it("starts anew what rolls out if its workers ended since it was live", async () => {
  const { made, answering, aim, up } = endpoint();
  await aim(2);
  await up(2);
  await aim(1);
  await up(1);
  const old = answering.get(2) as NumberAnswering;
  old.up = { ...old.up, ready: 0 };
  made.aimBeside(rolls(2));
  expect(made.rolling()).toBeUndefined();
  await up(2);
  expect([made.rolling()?.candidate.version, old.closed]).toEqual([2, true]);
});
