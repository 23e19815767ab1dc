import { describe, expect, it, onTestFinished } from "vitest";
import type { Prediction, Row } from "../../../core/runtime/answering/answering.ts";
import { type BatchRequest, openBatches } from "../../../core/runtime/answering/batch.ts";

interface Run {
  rows: readonly Row[];
  signal: AbortSignal;
  answer(): void;
  fail(error: Error): void;
}

/** Batches whose runs are answered by hand, each row with its own x. */
function batches(about: Partial<BatchRequest> = {}) {
  const runs: Run[] = [];
  const predict = (rows: readonly Row[], signal: AbortSignal) =>
    new Promise<Prediction[]>((resolve, fail) => {
      const answer = () => resolve(rows.map(({ x = null }) => ({ prediction: x })));
      signal.addEventListener("abort", () => fail(new Error("ended")));
      runs.push({ rows, signal, answer, fail });
    });
  const answering = openBatches({
    ...{ predict, workers: 1, maxRows: 3, timeoutMs: 60_000, queue: { requests: 10, rows: 100 } },
    ...about,
  });
  onTestFinished(() => answering.close(0));
  const ask = (...xs: number[]) => answering.ask({ id: String(xs), rows: xs.map((x) => ({ x })) });
  return { answering, runs, ask };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));
const sizes = (runs: readonly Run[]) => runs.map(({ rows }) => rows.length);

describe("batches", () => {
  it("hold what waits, up to the most rows, in the order of asking", async () => {
    const { runs, ask } = batches();
    const answers = [ask(1), ask(2), ask(3, 4), ask(5)];
    runs[0]?.answer();
    await settled();
    runs[1]?.answer();
    await settled();
    runs[2]?.answer();
    expect(await Promise.all(answers)).toEqual([
      [{ prediction: 1 }],
      [{ prediction: 2 }],
      [{ prediction: 3 }, { prediction: 4 }],
      [{ prediction: 5 }],
    ]);
    expect(sizes(runs)).toEqual([1, 3, 1]);
  });

  it("hold one request alone that has more rows", () => {
    const { runs, ask } = batches();
    void ask(1, 2, 3, 4, 5).catch(() => {});
    expect(sizes(runs)).toEqual([5]);
  });

  it("run side by side, as many as there are workers", () => {
    const { runs, ask, answering } = batches({ workers: 2 });
    for (const x of [1, 2, 3]) void ask(x).catch(() => {});
    expect(sizes(runs)).toEqual([1, 1]);
    expect(answering.state()).toMatchObject({ ready: 2, workers: 2, queued: 1 });
  });

  it("that fail are told to all in them, and to nobody after", async () => {
    const { runs, ask } = batches();
    const first = ask(1);
    const failing = [ask(2), ask(3)].map((each) => expect(each).rejects.toThrow("broken"));
    runs[0]?.answer();
    await first;
    await settled();
    runs[1]?.fail(new Error("broken"));
    await Promise.all(failing);
    const last = ask(4);
    runs[2]?.answer();
    expect(await last).toEqual([{ prediction: 4 }]);
  });

  it("that take too long are ended at their requests' deadline", async () => {
    const { runs, ask } = batches({ timeoutMs: 30 });
    await expect(ask(1)).rejects.toMatchObject({ code: "SERVE_TIMEOUT" });
    await expect.poll(() => runs[0]?.signal.aborted).toBe(true);
  });

  it("are answered before it closes, and refused after", async () => {
    const { runs, ask, answering } = batches();
    const answer = ask(1);
    const closed = answering.close(60_000);
    await expect(ask(2)).rejects.toMatchObject({ code: "SERVE_BUSY" });
    runs[0]?.answer();
    expect(await answer).toEqual([{ prediction: 1 }]);
    await closed;
  });

  it("are ended where closing waits no longer", async () => {
    const { runs, ask, answering } = batches();
    const lost = expect(ask(1)).rejects.toThrow("ended");
    await answering.close(1);
    await lost;
    expect(runs[0]?.signal.aborted).toBe(true);
  });

  it("refuse what the queue has no room for", async () => {
    const { ask } = batches({ queue: { requests: 1, rows: 100 } });
    for (const x of [1, 2]) void ask(x).catch(() => {});
    await expect(ask(3)).rejects.toMatchObject({ code: "SERVE_BUSY" });
  });
});
