import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { sideBySide } from "../../core/runtime/side-by-side.ts";

it("runs no more than the jobs asked for at a time", async () => {
  let running = 0;
  let most = 0;
  await sideBySide([1, 2, 3, 4, 5], 2, async () => {
    running += 1;
    most = Math.max(most, running);
    await sleep(5);
    running -= 1;
  });
  expect(most).toBe(2);
});

it("gives results in the order asked, whichever ends first", async () => {
  const results = await sideBySide([30, 1, 10], 3, async (ms) => {
    await sleep(ms);
    return ms;
  });
  expect(results.map((result) => result.status === "fulfilled" && result.value)).toEqual([30, 1, 10]);
});

it("finishes the others where one rejects", async () => {
  const results = await sideBySide(["bad", "good"], 1, async (item) => {
    if (item === "bad") throw new Error("no");
    return item;
  });
  expect(results.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
});

it("does nothing without items", async () => {
  expect(await sideBySide([], 4, async () => 1)).toEqual([]);
});
