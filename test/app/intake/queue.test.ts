import { expect, test } from "vitest";
import type { RetryDecision } from "../../../app/intake/decide-retry.ts";
import { type Ending, Queue, type QueueOptions } from "../../../app/intake/queue.ts";
import { gate } from "../../helpers/gate.ts";

function setUp(options: Partial<QueueOptions> = {}) {
  const queue = new Queue({
    workers: 2,
    limit: { jobs: 100, bytes: 1000 },
    decideRetry: (_, attempt): RetryDecision =>
      attempt < 3 ? { again: true, after: 5, why: "test" } : { again: false, why: "test" },
    wait: async () => {},
    ...options,
  });
  const endings: string[] = [];
  const add = (lane: string, name: string, run: (attempt: number, signal: AbortSignal) => Promise<void>, size = 1) =>
    queue.add({
      id: name,
      event: "push",
      lane,
      size,
      run,
      ended: (how: Ending) => void endings.push(`${name} ${how}`),
    });
  return { queue, endings, add };
}

test("jobs of one lane run one after the other, in the order they came", async () => {
  const { queue, endings, add } = setUp();
  let running = 0;
  let most = 0;
  for (const name of ["1", "2", "3", "4"]) {
    add("acme/models", name, async () => {
      running += 1;
      most = Math.max(most, running);
      // The later, the quicker.
      for (let turns = 10 - Number(name); turns > 0; turns -= 1) await Promise.resolve();
      running -= 1;
    });
  }
  await queue.idle();
  expect(endings).toEqual(["1 handled", "2 handled", "3 handled", "4 handled"]);
  expect(most).toBe(1);
});

test("lanes run side by side, as many as there are workers", async () => {
  const { queue, add } = setUp({ workers: 2 });
  const { open, opened } = gate();
  const started: string[] = [];
  for (const lane of ["a", "b", "c"]) {
    add(lane, lane, async () => {
      started.push(lane);
      await opened;
    });
  }
  expect(started).toEqual(["a", "b"]);
  open();
  await queue.idle();
  expect(started).toEqual(["a", "b", "c"]);
});

test("a job that fails is tried again before the next one of its lane", async () => {
  const said: string[] = [];
  const { queue, endings, add } = setUp({ failed: (_, error) => void said.push(String(error)) });
  add("a", "first", async (attempt) => {
    if (attempt < 3) throw new Error(`attempt ${attempt}`);
  });
  add("a", "second", async () => {});
  await queue.idle();
  expect(endings).toEqual(["first handled", "second handled"]);
  expect(said).toEqual(["Error: attempt 1", "Error: attempt 2"]);
});

test("a job that keeps failing is given up, and its lane goes on", async () => {
  const { queue, endings, add } = setUp();
  const attempts: number[] = [];
  add("a", "poison", async (attempt) => {
    attempts.push(attempt);
    throw new Error("always");
  });
  add("a", "next", async () => {});
  await queue.idle();
  expect(attempts).toEqual([1, 2, 3]);
  expect(endings).toEqual(["poison given-up", "next handled"]);
});

test("a lane that waits for another attempt holds no worker", async () => {
  const waiting = gate();
  const { queue, endings, add } = setUp({ workers: 1, wait: () => waiting.opened });
  add("a", "limited", async (attempt) => {
    if (attempt === 1) throw new Error("rate limit");
  });
  const done = gate();
  add("b", "other", async () => done.open());
  await done.opened;
  await Promise.resolve();
  expect(endings).not.toContain("limited handled");
  waiting.open();
  await queue.idle();
  expect(endings).toEqual(["other handled", "limited handled"]);
});

test("a full queue takes nothing more until a job has ended", async () => {
  const { queue, add } = setUp({ limit: { jobs: 2, bytes: 1000 } });
  const { open, opened } = gate();
  expect(add("a", "1", () => opened)).toBe("taken");
  expect(add("a", "2", async () => {})).toBe("taken");
  expect(add("b", "3", async () => {})).toBe("full");
  open();
  await queue.idle();
  expect(queue.depth).toBe(0);
  expect(add("b", "3", async () => {})).toBe("taken");
});

test("it is full by size too, yet one large job alone is taken", async () => {
  const { queue, add } = setUp({ limit: { jobs: 100, bytes: 10 } });
  expect(add("a", "large", async () => {}, 25)).toBe("taken");
  expect(add("a", "small", async () => {}, 1)).toBe("full");
  await queue.idle();
  expect(add("a", "small", async () => {}, 1)).toBe("taken");
});

test("stopping waits for what runs, and leaves the rest", async () => {
  const { queue, endings, add } = setUp();
  const { open, opened } = gate();
  add("a", "running", () => opened);
  add("a", "behind it", async () => {});
  const stopped = queue.stop(60_000);
  expect(endings).toEqual(["behind it left"]);
  expect(add("b", "late", async () => {})).toBe("closed");
  open();
  await stopped;
  expect(endings).toEqual(["behind it left", "running handled"]);
});

test("stopping aborts what runs for longer than the grace, and calls it left", async () => {
  const { queue, endings, add } = setUp();
  add(
    "a",
    "slow",
    (_, signal) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("aborted")))),
  );
  await queue.stop(1);
  expect(endings).toEqual(["slow left"]);
});

test("stopping does not wait for another attempt", async () => {
  const { queue, endings, add } = setUp({ wait: () => new Promise(() => {}) });
  const failed = gate();
  add("a", "limited", async () => {
    queueMicrotask(() => queueMicrotask(failed.open));
    throw new Error("rate limit");
  });
  await failed.opened;
  await queue.stop(60_000);
  expect(endings).toEqual(["limited left"]);
});
