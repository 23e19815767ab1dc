import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import type { NamedStore } from "../../../core/stores/named.ts";
import { openNamedRepository } from "../../../core/stores/oci/named.ts";
import { AT, entry, HOUR, places, until, VERSION } from "./setting.ts";

/** A store of which nothing comes back; `asked` counts what it was to put. */
function hanging(store: NamedStore): NamedStore & { asked: number } {
  const self = {
    ...store,
    asked: 0,
    put: () => {
      self.asked += 1;
      return new Promise<never>(() => {});
    },
  };
  return self;
}

function away(store: NamedStore): NamedStore & { isAway: boolean } {
  const self = {
    ...store,
    isAway: true,
    put: (...asked: Parameters<NamedStore["put"]>) =>
      self.isAway ? Promise.reject(new Error("no such host")) : store.put(...asked),
  };
  return self;
}

it("keeps what was asked and answered, but for sensitive columns", async () => {
  const { open, rows } = await places();
  const log = await open();
  log.record(entry());
  await log.close(10_000);
  const [row, ...others] = await rows();
  expect(others).toEqual([]);
  expect(row).toMatchObject({
    slipway_id: "r1/0",
    slipway_request: "r1",
    slipway_row: 0n,
    slipway_model: "penguins",
    slipway_version: 3n,
    slipway_stage: "production",
    slipway_replica: "abc1",
    slipway_role: "stable",
    slipway_ms: 1.5,
    slipway_error: null,
    bill_length_mm: 39.1,
    island: "Biscoe",
    prediction: "adelie",
    proba_adelie: 0.9,
  });
  expect(String(row?.["slipway_time"])).toBe("2026-11-29 16:10:00");
  expect(row).not.toHaveProperty("ring");
});

it("names rows by the client's ids, where it sent some", async () => {
  const { open, rows } = await places();
  const log = await open();
  log.record(entry({ rows: [{ island: "a" }, { island: "b" }], predictions: undefined, ids: ["ring-7", undefined] }));
  await log.close(10_000);
  expect((await rows()).map((row) => row["slipway_id"])).toEqual(["r1/1", "ring-7"]);
});

it("keeps what could not be answered, with the reason's code", async () => {
  const { open, rows } = await places();
  const log = await open();
  log.record(entry({ predictions: undefined, error: "SERVE_TIMEOUT" }));
  await log.close(10_000);
  expect(await rows()).toMatchObject([{ slipway_error: "SERVE_TIMEOUT", prediction: null, island: "Biscoe" }]);
});

it("keeps the rollout's step, who answered and whether a shadow disagrees", async () => {
  const { open, rows } = await places();
  const log = await open();
  log.record(entry({ rollout: { decision: "d1", step: 2, role: "shadow", disagrees: [true] } }));
  await log.close(10_000);
  expect(await rows()).toMatchObject([
    { slipway_decision: "d1", slipway_step: 2n, slipway_role: "shadow", slipway_disagrees: true },
  ]);
});

it("is a file an hour for each model, version and kind of answer", async () => {
  const { open, store } = await places();
  const log = await open();
  for (const at of [AT, AT + 1, AT + HOUR]) log.record(entry({ at }));
  log.record(entry({ version: { ...VERSION, version: 4 } }));
  log.record(entry({ predictions: [{ prediction: "adelie" }] }));
  await log.close(10_000);
  expect((await store.list("penguins/")).sort()).toEqual([
    "penguins/20261129T16/abc1-1.parquet",
    "penguins/20261129T16/abc1-3.parquet",
    "penguins/20261129T16/abc1-4.parquet",
    "penguins/20261129T17/abc1-2.parquet",
  ]);
});

it("reads versions with other columns together", async () => {
  const { open, rows } = await places();
  const log = await open();
  log.record(entry());
  const signature = { inputs: [{ name: "sex", type: "long" as const }], outputs: [] };
  log.record(entry({ id: "r2", version: { ...VERSION, version: 4, signature }, rows: [{ sex: 1 }] }));
  await log.close(10_000);
  expect(await rows()).toMatchObject([
    { island: "Biscoe", sex: null },
    { island: null, sex: 1n },
  ]);
});

it("gives a feature another name that is called as a column of the log", async () => {
  const { open, rows } = await places();
  const log = await open();
  const inputs = ["prediction", "Slipway_ID"].map((name) => ({ name, type: "string" as const }));
  const version = { ...VERSION, signature: { inputs, outputs: [] } };
  log.record(entry({ version, rows: [{ prediction: "mine", Slipway_ID: "own" }] }));
  await log.close(10_000);
  expect(await rows()).toMatchObject([
    { prediction: "adelie", feature_prediction: "mine", slipway_id: "r1/0", feature_Slipway_ID: "own" },
  ]);
});

it.each([
  ["a NUL", "a\0b"],
  ["a quote and a line's end", 'a"b\nc'],
  ["no ASCII", "Bäumchen 🐧"],
])("keeps a text with %s", async (_, island) => {
  const { open, rows } = await places();
  const log = await open();
  log.record(entry({ rows: [{ island }] }));
  await log.close(10_000);
  expect(await rows()).toMatchObject([{ island }]);
});

it("keeps a row beside one whose text is half a surrogate pair", async () => {
  const { open, rows } = await places();
  const log = await open();
  log.record(entry({ rows: [{ island: "\ud83d" }, { island: "Dream" }] }));
  await log.close(10_000);
  expect((await rows()).map((row) => row["island"])).toEqual(["\ufffd", "Dream"]);
});

it("keeps the same share of requests in every replica, whole ones", async () => {
  const { open, rows } = await places();
  const logs = [await open({ sample: 0.25 }), await open({ sample: 0.25 })];
  for (const log of logs)
    for (let at = 0; at < 400; at += 1) log.record(entry({ id: `r${at}`, rows: [{ island: "a" }, { island: "b" }] }));
  for (const log of logs) await log.close(10_000);
  const kept = await rows();
  const byReplica = (replica: string) =>
    kept.filter((row) => row["slipway_replica"] === replica).map((row) => row["slipway_id"]);
  expect(byReplica("abc1")).toEqual(byReplica("abc2"));
  expect(kept.length / 4).toBeGreaterThan(70);
  expect(kept.length / 4).toBeLessThan(130);
  expect(kept[0]).toMatchObject({ slipway_sample: 0.25 });
});

it("sends an hour once it is over", async () => {
  const { open, store } = await places();
  let now = AT;
  const log = await open({ clock: () => now });
  log.record(entry());
  await until(() => log.state().spooled > 0);
  expect(await store.list("")).toEqual([]);
  now = AT + HOUR;
  await until(() => log.state().sent === 1 && log.state().spooled === 0);
  expect(await store.list("")).toHaveLength(1);
  await log.close(10_000);
});

it("sends rows that decide on a rollout before their hour is over", async () => {
  const { open, store } = await places();
  let now = AT;
  const log = await open({ clock: () => now, urgentWithin: 30_000 });
  log.record(entry({ rollout: { decision: "d1", step: 0, role: "candidate" } }));
  await until(() => log.state().spooled > 0);
  now = AT + 30_000;
  await until(async () => (await store.list("")).length > 0);
  await log.close(10_000);
});

it("reads what no store has yet from the spool, and counts nothing twice", async () => {
  const { open, rows, store } = await places();
  const log = await open();
  log.record(entry());
  await until(async () => (await rows()).length > 0);
  expect(await store.list("")).toEqual([]);
  expect(await rows()).toHaveLength(1);
  await log.close(10_000);
  expect(await rows()).toHaveLength(1);
});

it("reads the range that was asked for alone", async () => {
  const { open, rows } = await places();
  const log = await open();
  for (const at of [AT, AT + 1_000, AT + 2_000]) log.record(entry({ id: String(at - AT), at }));
  await log.close(10_000);
  const found = await rows(new Date(AT + 1_000), new Date(AT + 2_000));
  expect(found.map((row) => row["slipway_request"])).toEqual(["1000"]);
});

it("removes hours that are older than the policy keeps them", async () => {
  const { open, store } = await places();
  for (const each of ["penguins/20261129T14/a-1.parquet", "penguins/20261129T15/a-1.parquet", "other/file.txt"])
    await store.put(each, Buffer.from("x"));
  const log = await open({ keep: HOUR });
  await until(async () => (await store.list("")).length < 3);
  expect((await store.list("")).sort()).toEqual(["other/file.txt", "penguins/20261129T15/a-1.parquet"]);
  await log.close(10_000);
});

it("holds up nobody while the store hangs, keeps what fits on the disk, and counts the rest", async () => {
  const { open, store } = await places();
  let now = AT;
  const hung = hanging(store);
  const log = await open({ store: hung, clock: () => now, mostSpooled: 50_000 });
  log.record(entry());
  await until(() => log.state().spooled > 0);
  now += HOUR;
  await until(() => hung.asked > 0);
  // The store never lets go of what it was asked: if anything here waited for it, the test would not end.
  for (let at = 0; at < 5_000; at += 1) {
    log.record(entry({ at: now }));
    if (at % 500 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await until(() => log.state().pending === 0);
  const { spooled, dropped } = log.state();
  expect(spooled).toBeLessThanOrEqual(50_000);
  expect(dropped.spool).toBeGreaterThan(4_000);
  await log.close(10);
  expect(log.state().sent).toBe(0);
});

it("holds up nobody while a server takes connections and never answers", async () => {
  const server = createServer(() => {}).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const address = { scheme: "oci", uri: `oci://${host}/log`, host, repository: "log", also: [] } as const;
  const { open } = await places();
  let now = AT;
  const log = await open({ store: openNamedRepository(address, {}), clock: () => now });
  log.record(entry());
  await until(() => log.state().spooled > 0);
  now += HOUR;
  const [connection] = (await once(server, "connection")) as [Socket];
  for (let at = 0; at < 1_000; at += 1) log.record(entry({ at: now }));
  await until(() => log.state().pending === 0);
  await log.close(50);
  // Nothing waited for the server: it was not even given up yet, which takes longer than a test may.
  expect(log.state()).not.toHaveProperty("problem");
  expect(log.state()).toMatchObject({ sent: 0, dropped: { memory: 0, spool: 0, large: 0, failed: 0 } });
  connection.destroy();
});

it("counts what comes faster than memory holds", async () => {
  const { open } = await places();
  const log = await open({ mostPending: 10_000 });
  for (let at = 0; at < 1_000; at += 1) log.record(entry());
  expect(log.state().dropped.memory).toBeGreaterThan(900);
  await log.close(10_000);
});

it("leaves a row out that is too large, and keeps its neighbours", async () => {
  const { open, rows } = await places();
  const log = await open();
  log.record(entry({ rows: [{ island: "x".repeat(2 ** 21) }, { island: "Dream" }] }));
  await log.close(10_000);
  expect(log.state().dropped.large).toBe(1);
  expect(await rows()).toMatchObject([{ island: "Dream" }]);
});

it("says why what waits is not sent, and sends it when the store is back", async () => {
  const { open, store, rows } = await places();
  let now = AT;
  const broken = away(store);
  const log = await open({ store: broken, clock: () => now });
  log.record(entry());
  await until(() => log.state().spooled > 0);
  now += HOUR;
  await until(() => log.state().problem !== undefined);
  expect(log.state().problem).toContain("no such host");
  broken.isAway = false;
  now += 10_000;
  await until(() => log.state().problem === undefined);
  expect(log.state().sent).toBe(1);
  expect(await rows()).toHaveLength(1);
  await log.close(10_000);
});

it("never throws, whatever it is handed", async () => {
  const { open } = await places();
  const log = await open();
  expect(() => log.record({ ...entry(), rows: undefined } as never)).not.toThrow();
  expect(log.state().dropped.failed).toBe(1);
  await log.close(10_000);
  expect(() => log.record(entry())).not.toThrow();
});

it("puts a program's ever new kinds of answers into few files", async () => {
  const { open, store } = await places();
  const log = await open();
  for (let at = 0; at < 50; at += 1) log.record(entry({ predictions: [{ prediction: "a", [`score_${at}`]: 1 }] }));
  await log.close(10_000);
  expect((await store.list("")).length).toBeLessThanOrEqual(8);
});
