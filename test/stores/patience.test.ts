import { expect, it } from "vitest";
import { Patience } from "../../core/stores/patience.ts";

/** A call that comes back when it is told to. */
function held<T>(value: T) {
  let release = () => {};
  const pending = new Promise<T>((resolve) => {
    release = () => resolve(value);
  });
  return { act: () => pending, release: () => release() };
}
const place = () => `/place-${Math.random()}`;

it("gives up a call that does not come back", async () => {
  const { act } = held(1);
  await expect(new Patience(place(), { timeout: 5 }).call(act)).rejects.toMatchObject({ code: "STORE_TIMEOUT" });
});

it("gives up at once when it is interrupted, and begins nothing after", async () => {
  const stop = new AbortController();
  const patience = new Patience(place(), { signal: stop.signal });
  const waiting = patience.call(held(1).act);
  stop.abort();
  await expect(waiting).rejects.toMatchObject({ code: "INTERRUPTED" });
  let begun = false;
  const next = patience.call(async () => (begun = true));
  await expect(next).rejects.toMatchObject({ code: "INTERRUPTED" });
  expect(begun).toBe(false);
});

it("hands over what comes back late, so that it can be closed", async () => {
  const stop = new AbortController();
  const call = held("handle");
  const late = new Promise((resolve) => {
    const waiting = new Patience(place(), { signal: stop.signal }).call(call.act, resolve);
    waiting.catch(() => {});
  });
  stop.abort();
  call.release();
  expect(await late).toBe("handle");
});

it("keeps a place that hangs from taking more than two calls, and lets it in again when it answers", async () => {
  const where = place();
  const patience = new Patience(where, { timeout: 5 });
  const stuck = [held(1), held(2)];
  for (const { act } of stuck) await expect(patience.call(act)).rejects.toMatchObject({ code: "STORE_TIMEOUT" });
  let begun = 0;
  const count = async () => (begun += 1);
  await expect(new Patience(where, {}).call(count)).rejects.toMatchObject({ code: "STORE_TIMEOUT" });
  expect(begun).toBe(0);
  expect(await new Patience(place(), {}).call(count)).toBe(1);
  for (const { release } of stuck) release();
  expect(
    await new Patience(where, { timeout: 1_000 }).call(count).catch(() => new Patience(where, {}).call(count)),
  ).toBe(2);
});

it("lets calls wait for their turn, and one that fails gives its turn on", async () => {
  const patience = new Patience(place(), {});
  const calls = Array.from({ length: 20 }, (_, at) =>
    patience.call(async () => {
      if (at % 3 === 0) throw new Error("failed");
      return at;
    }),
  );
  const ended = await Promise.allSettled(calls);
  expect(ended.filter(({ status }) => status === "rejected")).toHaveLength(7);
});
