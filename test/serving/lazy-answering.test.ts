import { expect, it } from "vitest";
import type { Answering } from "../../core/runtime/answering/answering.ts";
import { lazyAnswering } from "../../core/serving/lazy-answering.ts";
import { NumberAnswering } from "./builders.ts";

const ASK = { id: "1", rows: [{ x: 1 }] };

/** What starts when the test says so, and gives up when it is told. */
function lazy() {
  const own = new NumberAnswering(1);
  let up = () => {};
  const answering = lazyAnswering(
    (signal) =>
      new Promise<Answering>((resolve, reject) => {
        up = () => resolve(own);
        signal.addEventListener("abort", () => reject(signal.reason));
      }),
    () => new Date(0),
  );
  return { answering, own, up: () => up() };
}

it("answers what it was asked before its end, though it has to start for that", async () => {
  const { answering, own, up } = lazy();
  const asked = answering.ask(ASK);
  const closed = answering.close(60_000);
  up();
  expect(await asked).toEqual([{ prediction: 1 }]);
  await closed;
  expect(own.closed).toBe(true);
});

it("gives up a start that takes longer than its end may", async () => {
  const { answering, own } = lazy();
  const refused = expect(answering.ask(ASK)).rejects.toThrow("aborted");
  await answering.close(10);
  await refused;
  expect(own.asked).toBe(0);
});

it("starts nothing to end it", async () => {
  const { answering, own } = lazy();
  await answering.close(60_000);
  expect(own.closed).toBe(false);
});
