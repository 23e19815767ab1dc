import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { BusyError } from "../../../core/runtime/answering/answering.ts";
import { ask, poolOf } from "./started.ts";

const READY = `say({ ready: true });`;
/** Answers twice of x. */
const DOUBLES = `${READY} const answer = (rows) => rows.map(({ x }) => ({ prediction: 2 * x }));`;

describe("a pool", () => {
  it("answers rows in their order, with what the program says of each", async () => {
    const pool = poolOf(`${READY} const answer = (rows) => rows.map(({ x }) => ({ prediction: "a", proba_a: x }));`);
    expect(await pool.ask({ id: "1", rows: [{ x: 0.25 }, { x: 1 }] })).toEqual([
      { prediction: "a", proba_a: 0.25 },
      { prediction: "a", proba_a: 1 },
    ]);
  });

  it("takes a bare value for a prediction", async () => {
    expect(await ask(poolOf(`${READY} const answer = () => [null];`))).toEqual({ prediction: null });
  });

  it("hands on names, values and the trace as they are", async () => {
    const pool = poolOf(`lines.removeAllListeners("line");
      lines.on("line", (line) => { const { id, ...rest } = JSON.parse(line); say({ id, predictions: [JSON.stringify(rest)] }); }); ${READY}`);
    const row = { "a b": 'q"\\n', n: 9007199254740991, none: null, yes: true };
    const [found] = await pool.ask({ id: "1", rows: [row], traceparent: "00-1-2-01" });
    expect(JSON.parse(String(found?.["prediction"]))).toEqual({ rows: [row], traceparent: "00-1-2-01" });
  });

  it("asks its processes side by side, and each for one request at a time", async () => {
    const pool = poolOf(
      `${READY} let open = 0;
       const answer = (rows, id) => { open += 1; setTimeout(() => { say({ id, predictions: [open + " " + process.ppid] }); open -= 1; }, 50); };`,
      { workers: 3 },
    );
    await expect.poll(() => pool.state().ready).toBe(3);
    const answers = await Promise.all(Array.from({ length: 9 }, () => ask(pool)));
    expect(answers.every((each) => String(each?.["prediction"]).startsWith("1 "))).toBe(true);
  });

  it("keeps what the program prints out of the answers", async () => {
    const pool = poolOf(`console.log('{"id":"x"}'); console.error("loud"); ${DOUBLES}`);
    expect(await ask(pool, { x: 4 })).toEqual({ prediction: 8 });
    expect(pool.output()).toContain("loud");
  });

  it("gives the program two descriptors and nothing else", async () => {
    const pool = poolOf(
      `${READY} const { readdirSync, readlinkSync } = require("node:fs");
       const target = (fd) => { try { return readlinkSync("/proc/self/fd/" + fd); } catch { return ""; } };
       const answer = () => [readdirSync("/proc/self/fd").filter((fd) => target(fd).startsWith("socket:")).join(" ")];`,
    );
    expect(await ask(pool)).toEqual({ prediction: "1 2 3 4" });
  });

  it("passes on the program's own words for an error, and goes on with the same process", async () => {
    const pool = poolOf(
      `${READY} let n = 0; const answer = (rows, id) => { n += 1; if (n === 1) say({ id, error: "too hot" }); else return [n]; };`,
    );
    await expect(ask(pool)).rejects.toMatchObject({ code: "SERVE_ERROR", message: "too hot" });
    expect(await ask(pool)).toEqual({ prediction: 2 });
  });

  it("ends its programs by closing descriptor 3", async () => {
    const pool = poolOf(`${DOUBLES} lines.on("close", () => writeFileSync(process.env.FOLDER + "/closed", ""));`);
    await pool.ready();
    await pool.close(1_000);
    expect(readdirSync(pool.folder)).toContain("closed");
  });

  it("does not wait for what it was asked longer than it is told to", async () => {
    const pool = poolOf(`${READY} const answer = () => {};`, { timeoutMs: 600_000 });
    await pool.ready();
    const lost = expect(ask(pool)).rejects.toMatchObject({ code: "SERVE_CRASHED" });
    await pool.close(50);
    await lost;
  });

  it("waits for nothing if the last process ends while it closes", async () => {
    const pool = poolOf(`${READY} const answer = () => { setTimeout(() => process.exit(1), 200); };`, {
      timeoutMs: 600_000,
    });
    await pool.ready();
    const answers = Promise.allSettled([ask(pool), ask(pool)]);
    await pool.close(600_000);
    expect((await answers).map((each) => each.status === "rejected" && each.reason.code)).toEqual([
      "SERVE_CRASHED",
      "SERVE_BUSY",
    ]);
  });

  it("answers what it was asked before it closes, and nothing after", async () => {
    const pool = poolOf(
      `${READY} const answer = (rows, id) => { setTimeout(() => say({ id, predictions: [1] }), 100); };`,
    );
    await pool.ready();
    const answers = [ask(pool), ask(pool), ask(pool)];
    const closed = pool.close(20_000);
    await expect(ask(pool)).rejects.toMatchObject({ code: "SERVE_BUSY" });
    expect(await Promise.all(answers)).toEqual(Array(3).fill({ prediction: 1 }));
    await closed;
  });
});

describe("a program that", () => {
  it.each<[string, string, string, RegExp]>([
    ["answers garbage", `${READY} const answer = () => { say("garbage"); };`, "SERVE_ANSWER", /not JSON/],
    [
      "answers NaN",
      `${READY} const answer = (rows, id) => { say('{"id":"' + id + '","predictions":[NaN]}'); };`,
      "SERVE_ANSWER",
      /not JSON/,
    ],
    [
      "answers to another id",
      `${READY} const answer = () => { say({ id: "other", predictions: [1] }); };`,
      "SERVE_ANSWER",
      /another id/,
    ],
    ["answers too few rows", `${READY} const answer = () => [];`, "SERVE_ANSWER", /0 predictions for 1 row/],
    ["answers too many rows", `${READY} const answer = () => [1, 2];`, "SERVE_ANSWER", /2 predictions for 1 row/],
    ["answers without prediction", `${READY} const answer = () => [{ proba_a: 1 }];`, "SERVE_ANSWER", /other JSON/],
    ["answers nested values", `${READY} const answer = () => [{ prediction: [1] }];`, "SERVE_ANSWER", /other JSON/],
    ["answers 100 MB", `${READY} const answer = () => ["x".repeat(1e8)];`, "SERVE_ANSWER", /more than 32.0 MiB/],
    ["exits", `${READY} const answer = () => process.exit(3);`, "SERVE_CRASHED", /exit code 3/],
    [
      "is killed",
      `${READY} const answer = () => process.kill(process.pid, "SIGKILL");`,
      "SERVE_CRASHED",
      /exit code 137|SIGKILL/,
    ],
  ])("%s loses that request, says why, and another process takes its place", async (_, script, code, why) => {
    const marked = `const once = process.env.FOLDER + "/once"; const first = !existsSync(once); writeFileSync(once, "");
      ${script.replace("const answer", "const bad")}
      const answer = (rows, id) => (first ? bad(rows, id) : ["well"]);`;
    const pool = poolOf(marked);
    await expect(ask(pool)).rejects.toMatchObject({ code, message: expect.stringMatching(why) });
    expect(await ask(pool)).toEqual({ prediction: "well" });
    expect(pool.state()).toMatchObject({ ready: 1, restarts: 1 });
  });

  it("hangs is ended at the request's deadline", async () => {
    const pool = poolOf(
      `const once = process.env.FOLDER + "/once"; const first = !existsSync(once); writeFileSync(once, ""); ${READY}
      const answer = () => (first ? Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0) : ["well"]);`,
      { timeoutMs: 3_000 },
    );
    await pool.ready();
    await expect(ask(pool)).rejects.toMatchObject({ code: "SERVE_TIMEOUT" });
    await expect.poll(() => pool.state()).toMatchObject({ ready: 1, restarts: 1 });
    expect(await ask(pool)).toEqual({ prediction: "well" });
  });

  it("is never asked the same twice", async () => {
    const pool = poolOf(
      `${READY} const answer = (rows) => { require("node:fs").appendFileSync(process.env.FOLDER + "/asked", rows[0].x + "\\n"); if (rows[0].x % 5 === 0) process.exit(1); return [1]; };`,
      { workers: 2 },
    );
    await Promise.allSettled(Array.from({ length: 20 }, (_, x) => ask(pool, { x })));
    const seen = readFileSync(join(pool.folder, "asked"), "utf8").trim().split("\n").map(Number);
    expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, x) => x));
  });

  it("crashes while nothing is asked of it is started again", async () => {
    const pool = poolOf(
      `const once = process.env.FOLDER + "/once"; if (!existsSync(once)) { writeFileSync(once, ""); setTimeout(() => process.exit(7), 20); } ${DOUBLES}`,
    );
    await expect.poll(() => pool.state()).toMatchObject({ ready: 1, restarts: 1 });
    expect(pool.state().problem).toBeUndefined();
  });

  it("speaks without being asked is ended", async () => {
    const pool = poolOf(`${DOUBLES} say({ id: "1", predictions: [] });`);
    await expect.poll(() => pool.state().problem).toMatch(/nobody asked for/);
  });

  it.each<[string, string, RegExp, number]>([
    ["cannot start", `console.error("no model here"); process.exit(2);`, /exit code 2/, 600_000],
    ["says something else first", `say("loading"); ${READY}`, /first line/, 600_000],
    ["never says that it is ready", ``, /ready/, 500],
  ])("%s is not ready: its last lines are told", async (_, script, why, startMs) => {
    const pool = poolOf(script, { startMs });
    const error = await pool.ready().catch((error) => error);
    expect(error).toMatchObject({ code: "SERVE_FAILED", message: expect.stringMatching(why) });
    if (script.includes("no model here")) expect(error.problems[0].found).toContain("no model here");
  });

  it("cannot start is tried again later and later", async () => {
    const pool = poolOf(`process.exit(2);`, { backOff: { firstMs: 1, mostMs: 600_000, goodMs: 60_000 } });
    await expect.poll(() => pool.state().restarts).toBeGreaterThan(3);
    expect(pool.state()).toMatchObject({ ready: 0, problem: expect.stringContaining("exit code 2") });
  });

  it("will not be there before the deadline is not waited for", async () => {
    const pool = poolOf(`process.exit(2);`, {
      timeoutMs: 1_000,
      backOff: { firstMs: 60_000, mostMs: 60_000, goodMs: 1 },
    });
    await pool.ready().catch(() => {});
    const error = await ask(pool).catch((error) => error);
    expect(error).toBeInstanceOf(BusyError);
    expect(error.retryAfterMs).toBeGreaterThan(30_000);
  });

  it("holds more memory than it may is replaced, and loses nothing", async () => {
    const pool = poolOf(
      `${READY} const held = []; const answer = (rows) => { held.push(Buffer.alloc(40e6, 1)); return [process.pid]; };`,
      {
        memory: { bytes: 180 * 2 ** 20, measureMs: 20 },
      },
    );
    for (let n = 0; n < 30 && pool.state().restarts === 0; n++) await ask(pool);
    await expect.poll(() => pool.state().restarts).toBeGreaterThan(0);
    expect(await ask(pool)).toBeDefined();
  });
});

it("workers that are killed in the middle of requests lose these alone, and each row is answered once", async () => {
  const pool = poolOf(
    `${READY} const { appendFileSync } = require("node:fs");
     const answer = (rows, id) => { appendFileSync(process.env.FOLDER + "/asked", rows[0].x + "\\n");
       if (rows[0].x % 10 === 3) setTimeout(() => process.kill(process.pid, "SIGKILL"), 5);
       else setTimeout(() => say({ id, predictions: [rows[0].x] }), 10); };`,
    { workers: 3, timeoutMs: 60_000 },
  );
  const answers = await Promise.allSettled(Array.from({ length: 100 }, (_, x) => ask(pool, { x })));
  const lost = answers.flatMap((each, x) => (each.status === "rejected" ? [x] : []));
  const asked = readFileSync(join(pool.folder, "asked"), "utf8").trim().split("\n").map(Number);
  expect(lost).toEqual([3, 13, 23, 33, 43, 53, 63, 73, 83, 93]);
  expect(answers.every((each, x) => each.status === "rejected" || each.value?.["prediction"] === x)).toBe(true);
  expect(asked.sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, x) => x));
});

describe("who waits", () => {
  const SLOW = `${READY} const answer = (rows, id) => { setTimeout(() => say({ id, predictions: [rows[0].x] }), 300); };`;

  it("is refused once too many do, and is told when to come back", async () => {
    const pool = poolOf(SLOW, { queue: { requests: 2, rows: 100 } });
    await pool.ready();
    const [answers, refused] = [[ask(pool, { x: 0 }), ask(pool, { x: 1 }), ask(pool, { x: 2 })], ask(pool)];
    const error = await refused.catch((error) => error);
    expect(error).toBeInstanceOf(BusyError);
    expect(error.retryAfterMs).toBeGreaterThanOrEqual(1_000);
    expect(await Promise.all(answers)).toEqual([{ prediction: 0 }, { prediction: 1 }, { prediction: 2 }]);
  });

  it("is told at the deadline that no process was free", async () => {
    const pool = poolOf(`${READY} const answer = () => {};`, { timeoutMs: 500 });
    await pool.ready();
    const answers = await Promise.allSettled([ask(pool), ask(pool)]);
    expect(answers.map((each) => each.status === "rejected" && each.reason.message)).toEqual([
      expect.stringMatching(/did not answer in time|no answer within 0.5 s/),
      expect.stringContaining("No process was free within 0.5 s"),
    ]);
  });

  it("and goes leaves the queue, and the process goes on", async () => {
    const pool = poolOf(SLOW);
    await pool.ready();
    const first = new AbortController();
    const second = new AbortController();
    const gone = [first, second].map(({ signal }, at) => pool.ask({ id: `g${at}`, rows: [{ x: at }], signal }));
    first.abort();
    second.abort();
    for (const each of gone) await expect(each).rejects.toMatchObject({ code: "INTERRUPTED" });
    expect(await ask(pool, { x: 9 })).toEqual({ prediction: 9 });
  });
});
