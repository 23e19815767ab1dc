import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { withRequests } from "../../core/serving/request-log/read-log.ts";
import { openNamedFolder } from "../../core/stores/file/named.ts";
import { promote } from "../registry/builders.ts";
import { opened, registerNext, servedHost } from "./registered.ts";

/** Version 1 of `tiny` in production, with a request log. */
async function logged(clock?: () => number) {
  const ports = await servedHost();
  await registerNext(ports);
  await promote(ports.registry, 1, { model: "tiny" });
  const folder = await mkdtemp(join(tmpdir(), "slipway-logged-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const requestLog = {
    ...{ store: openNamedFolder(join(folder, "store")), spool: join(folder, "spool") },
    ...{ sample: undefined, keep: undefined, clock },
  };
  const serving = await opened({ ...ports, requestLog });
  await serving.settled();
  const range = { model: "tiny", since: new Date(0) };
  return { serving, rows: () => withRequests(requestLog, range, (db) => db.rows("FROM requests ORDER BY slipway_id")) };
}

it("logs what a version answered, by this replica", async () => {
  const { serving, rows } = await logged();
  await serving.ask({ rows: [{ x: 1 }, { x: 2 }], id: "r1", route: "test" });
  await serving.close(0);
  expect(await rows()).toMatchObject([
    { slipway_id: "r1/0", slipway_version: 1n, slipway_replica: serving.replica, x: 1, prediction: 1 },
    { slipway_id: "r1/1", slipway_version: 1n, x: 2, prediction: 1 },
  ]);
});

it("logs what a version could not answer, and no rows that were refused before", async () => {
  const { serving, rows } = await logged();
  const worker = serving.workers.get(1);
  const ask = (id: string, x: unknown) => serving.ask({ rows: [{ x }], id, route: "test" }).catch(() => {});
  await ask("refused", "no number");
  if (worker) worker.ask = () => Promise.reject(new Error("a bug"));
  await ask("failed", 1);
  await serving.close(0);
  expect(await rows()).toMatchObject([{ slipway_request: "failed", slipway_error: "INTERNAL", prediction: null }]);
});

it("says of the log what waits and what was dropped", async () => {
  const { serving } = await logged();
  await serving.ask({ rows: [{ x: 1 }], id: "r1", route: "test" });
  await expect.poll(() => serving.status().request_log?.spooled).toBeGreaterThan(0);
  expect(serving.status().request_log).toMatchObject({
    dropped: { memory: 0, spool: 0, large: 0, failed: 0 },
    sent: 0,
  });
  await serving.close(0);
});

it("logs a request at the time of the log's clock", async () => {
  const { serving, rows } = await logged(() => Date.parse("2014-07-01T18:00:00Z"));
  await serving.ask({ rows: [{ x: 1 }], id: "r1", route: "test" });
  await serving.close(0);
  expect((await rows()).map((row) => String(row["slipway_time"]))).toEqual(["2014-07-01 18:00:00"]);
});
