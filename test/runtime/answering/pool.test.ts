import { once } from "node:events";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { openPool } from "../../../core/runtime/answering/pool.ts";
import type { Program } from "../../../core/runtime/program.ts";
import { ask } from "./started.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date", "performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A program whose descriptors the test holds. */
function heldProgram() {
  const [requests, answers] = [new PassThrough(), new PassThrough()];
  const exited = once(answers, "close").then(() => ({ code: 0, signal: null }));
  const kill = vi.fn(async () => void answers.destroy());
  const program: Program = { requests, answers, exited, kill, end: kill, tail: () => "", residentBytes: async () => 0 };
  const say = (value: object) => answers.write(`${JSON.stringify(value)}\n`);
  const asked = async () => JSON.parse(String((await once(requests, "data"))[0])) as { id: string };
  return { program, say, asked, kill };
}

it("a request that waited nearly until its deadline costs no process that answers within a time-out of its own", async () => {
  const { program, say, asked, kill } = heldProgram();
  const pool = openPool({
    ...{ start: async () => program, workers: 1, timeoutMs: 1_000, startMs: 1_000 },
    queue: { requests: 10, rows: 10 },
  });
  say({ ready: true });
  await pool.ready();
  let next = asked();
  const answers = Promise.allSettled([ask(pool), ask(pool), ask(pool)]);
  const first = await next;
  await vi.advanceTimersByTimeAsync(900);
  next = asked();
  say({ id: first.id, predictions: [1] });
  const second = await next;
  await vi.advanceTimersByTimeAsync(900);
  const outcomes = (await answers).map((each) => (each.status === "rejected" ? each.reason.message : each.value));
  expect(outcomes).toEqual([{ prediction: 1 }, "There was no answer within 1 s", "No process was free within 1 s"]);
  next = asked();
  const last = ask(pool);
  say({ id: second.id, predictions: [2] });
  say({ id: (await next).id, predictions: [3] });
  expect(await last).toEqual({ prediction: 3 });
  expect(kill).not.toHaveBeenCalled();
  expect(pool.state().restarts).toBe(0);
  await pool.close(0);
});
