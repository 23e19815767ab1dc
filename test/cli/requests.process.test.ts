import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createModel } from "../../core/acts/create-model.ts";
import { openRequestLog } from "../../core/serving/request-log/open-log.ts";
import { openNamedFolder } from "../../core/stores/file/named.ts";
import { RequestsResult } from "../../schemas/cli-output.ts";
import { plainHost } from "../acts/plain-host.ts";
import { ADA } from "../registry/builders.ts";
import { entry } from "../serving/request-log/setting.ts";
import { gitIdentity, slipway } from "./memory-host.ts";

gitIdentity();

const POLICY = "slipway: 1\nmonitor: { requests: { store: file:.slipway/log } }\n";

/** A repository whose model penguins was asked three times: twice at `sent`, which is in the store, and once since. */
async function asked(policy = POLICY) {
  const host = await plainHost({ "slipway.yaml": policy });
  await createModel(host, { name: "penguins", by: ADA });
  const top = host.workspace.folder;
  const store = openNamedFolder(join(top, ".slipway/log"));
  const log = await openRequestLog({ store, spool: join(top, ".slipway/requests"), replica: "abc1" });
  const at = Date.now() - 60_000;
  log.record(entry({ id: "r1", at }));
  log.record(entry({ id: "r2", at: at + 1, predictions: undefined, error: "SERVE_TIMEOUT", ms: 100 }));
  log.record(entry({ id: "r3", at: at + 2, rollout: { decision: "d", step: 0, role: "shadow" } }));
  await log.close(10_000);
  return (...words: string[]) => slipway(["requests", ...words], { cwd: top });
}

it("tells of each version how often it was asked, and shows the newest rows", async () => {
  const requests = await asked();
  const { versions, entries } = RequestsResult.parse(JSON.parse((await requests("penguins", "--json")).stdout).result);
  expect(versions).toMatchObject([
    { version: 3, role: "shadow", requests: 1 },
    { version: 3, role: "stable", requests: 2, rows: 2, errors: 1, p99_ms: expect.any(Number) },
  ]);
  expect(entries.map((each) => each["slipway_request"])).toEqual(["r3", "r2", "r1"]);
  expect(entries[2]).toMatchObject({ island: "Biscoe", prediction: "adelie", proba_adelie: 0.9 });
});

it("shows a person what was asked", async () => {
  const { stdout } = await (await asked())("penguins", "--limit", "2");
  expect(stdout).toContain("2 requests since");
  expect(stdout).toContain("SERVE_TIMEOUT");
  expect(stdout).not.toContain("r1/0");
});

it("shows nothing of a time in which nobody asked", async () => {
  const { stdout } = await (await asked())("penguins", "--since", "2020-01-01", "--until", "2020-01-02");
  expect(stdout).toContain("0 requests since");
});

it.each([".csv", ".parquet", ".jsonl"])("writes all rows into a file, as %s", async (extension) => {
  const requests = await asked();
  const { code, stderr, stdout } = await requests("penguins", "--out", `rows${extension}`, "--json");
  expect(code, stderr).toBe(0);
  const { out } = RequestsResult.parse(JSON.parse(stdout).result);
  const bytes = await readFile(out as string, "latin1");
  expect(bytes.startsWith("PAR1") || bytes.includes("Biscoe")).toBe(true);
});

it("says how to keep requests where the policy names no store", async () => {
  const { code, stderr } = await (await asked("slipway: 1\n"))("penguins");
  expect(code).toBe(2);
  expect(stderr).toContain("monitor: { requests: { store:");
});

it("refuses a model that is not registered", async () => {
  const { code, stderr } = await (await asked())("pinguins");
  expect(code).toBe(2);
  expect(stderr).toContain("penguins");
});
