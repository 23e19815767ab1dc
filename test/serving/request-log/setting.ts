import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { openRequestLog, type RequestLogOptions } from "../../../core/serving/request-log/open-log.ts";
import { withRequests } from "../../../core/serving/request-log/read-log.ts";
import type { LoggedVersion, RequestEntry } from "../../../core/serving/request-log/request-log.ts";
import { openNamedFolder } from "../../../core/stores/file/named.ts";

export const VERSION: LoggedVersion = {
  folder: "penguins",
  version: 3,
  stage: "production",
  signature: {
    inputs: [
      { name: "bill_length_mm", type: "double" },
      { name: "island", type: "string" },
      { name: "ring", type: "string" },
    ],
    outputs: [{ name: "prediction", type: "string" }],
  },
  columns: { ring: { type: "string", sensitive: true } },
};

/** 2026-11-29T16:10Z. */
export const AT = Date.UTC(2026, 10, 29, 16, 10);
export const HOUR = 60 * 60_000;

export function entry(about: Partial<RequestEntry> = {}): RequestEntry {
  return {
    ...{ id: "r1", at: AT, version: VERSION, ms: 1.5 },
    rows: [{ bill_length_mm: 39.1, island: "Biscoe", ring: "secret" }],
    predictions: [{ prediction: "adelie", proba_adelie: 0.9 }],
    ...about,
  };
}

/** A store and a spool in a folder of the test's own. */
export async function places() {
  const folder = await mkdtemp(join(tmpdir(), "slipway-log-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const [store, spool] = [openNamedFolder(join(folder, "store")), join(folder, "spool")];
  let replicas = 0;
  return {
    store,
    spool,
    open(options: Partial<RequestLogOptions> = {}) {
      replicas += 1;
      const replica = `abc${replicas}`;
      return openRequestLog({ store, spool, replica, clock: () => AT, every: 5, ...options });
    },
    rows: (since = new Date(0), until?: Date) =>
      withRequests({ store, spool }, { model: "penguins", since, until }, (db) =>
        db.rows("FROM requests ORDER BY slipway_time, slipway_id"),
      ),
  };
}

/** Asks again until it is so. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 5));
}
