import { expect, it } from "vitest";
import { type EndpointEvent, openEndpoint } from "../../core/serving/endpoint.ts";
import type { ServedVersion } from "../../core/serving/served.ts";
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
const rolls = (version: number) => ({ ...verifiedTarget(version), plan: PLAN, step: 0 });

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
