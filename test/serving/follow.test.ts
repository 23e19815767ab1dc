import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { follow } from "../../core/serving/follow.ts";
import { LOOK_EVERY } from "../../core/serving/registry-tip.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const clock = () => new Date(Date.now());

it.each(Object.entries(LOOK_EVERY))("hands a commit over within four seconds of its coming: %s", async (_, every) => {
  let tip = "a";
  const taken: (string | undefined)[] = [];
  const follower = await follow({
    ...{ look: async () => tip, clock, every, onProblem: () => {} },
    take: async (commit) => void taken.push(commit),
  });
  tip = "b";
  await vi.advanceTimersByTimeAsync(4_000);
  expect([taken[0], taken.at(-1)]).toEqual(["a", "b"]);
  await follower.close();
});

it("looks at once when it is poked", async () => {
  let looks = 0;
  const follower = await follow({
    ...{ look: async () => String(looks++), clock, every: 60_000, onProblem: () => {}, take: async () => {} },
  });
  follower.poke();
  await vi.advanceTimersByTimeAsync(0);
  expect(looks).toBe(2);
  await follower.close();
});

it("asks ever less often while looks fail, and tells of the problem once", async () => {
  let looks = 0;
  let isDown = false;
  const told: unknown[] = [];
  const follower = await follow({
    ...{ clock, every: 1_000, take: async () => {}, onProblem: (error) => told.push(error) },
    look: async () => {
      looks += 1;
      if (isDown) throw new Error("no answer");
      return "a";
    },
  });
  isDown = true;
  await vi.advanceTimersByTimeAsync(120_000);
  expect(looks).toBeLessThan(15);
  expect(told).toHaveLength(1);
  expect(follower.state()).toMatchObject({ commit: "a", problem: { error: new Error("no answer") } });
  isDown = false;
  await vi.advanceTimersByTimeAsync(100_000);
  expect(told.at(-1)).toBeUndefined();
  expect(follower.state().problem).toBeUndefined();
  await follower.close();
});

it("does not count a commit as seen that could not be taken over", async () => {
  const known: (string | undefined)[] = [];
  let isBroken = true;
  const follower = await follow({
    ...{ clock, every: 1_000, onProblem: () => {} },
    look: async (commit) => {
      known.push(commit);
      return "a";
    },
    take: async () => {
      if (isBroken) throw new Error("the registry is corrupt");
    },
  });
  isBroken = false;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(known.slice(0, 3)).toEqual([undefined, undefined, "a"]);
  await follower.close();
});
