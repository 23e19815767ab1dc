import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { run as monitor } from "../../actions/monitor/run.ts";
import { git } from "../../core/git/run.ts";
import { openFolderStore } from "../../core/stores/file/folder.ts";
import { MonitorResult } from "../../schemas/monitoring.ts";
import { requestsOf, type WatchedHost, watchedHost } from "../monitoring/watched-host.ts";
import { temporaryFolder } from "../registry/repositories.ts";
import { arrangeRunner, type EventFacts } from "./ports.ts";

const DAY = 86_400_000;
/** The job's clock is the machine's. */
const yesterday = () => Math.floor(Date.now() / DAY) * DAY - DAY;
const CLOCK: EventFacts = { name: "schedule", payload: { schedule: "17 4 * * *" } };

/** A version that answers, with its log and its store in folders that jobs share. */
async function watched(policy = ""): Promise<WatchedHost> {
  const kept = await temporaryFolder();
  const host = await watchedHost({}, { clock: () => new Date(), store: openFolderStore(kept, `file:${kept}`) });
  await host.write({
    "slipway.yaml": `slipway: 1
artifacts: { store: "file:${kept}" }
monitor: { requests: { store: "file:${host.folder}/.slipway/log" } }
${policy}`,
  });
  return host;
}

/** The job, on a runner that fetches from a server; a clock's event says nothing of the repository. */
async function runJob(host: WatchedHost, event: EventFacts = CLOCK, inputs: Record<string, string> = {}) {
  const folder = await temporaryFolder();
  await git(folder, ["clone", "-q", "--mirror", host.folder, join(folder, ".git")]);
  const runner = await arrangeRunner({ folder });
  const { ports, told } = await runner.job(event, inputs, { GITHUB_REPOSITORY: "acme/models" });
  if (event.name === "schedule") ports.context = { ...ports.context, payload: { ...event.payload } };
  const outcome = await monitor(ports).catch((error: unknown) => error);
  const file = join(runner.artifacts.at("slipway-result-monitor"), "result.json");
  const text = await readFile(file, "utf8").catch(() => undefined);
  return { outcome, told, result: text === undefined ? undefined : MonitorResult.parse(JSON.parse(text)) };
}

it("looks at what versions answered, writes nothing, and attests what it found", async () => {
  const host = await watched();
  await host.ask(requestsOf(yesterday(), 64), Date.now());
  const before = await host.git("for-each-ref");
  const { outcome, told, result } = await runJob(host);
  expect(outcome).toEqual({ outcome: "succeeded" });
  expect(result).toMatchObject({
    windows: [{ model: "penguins", version: 1, traffic: { rows: 64 } }],
    problems: [],
  });
  expect(told.outputs["result"]).toMatch(/^result \d+ sha256:[0-9a-f]{64}$/);
  expect(await host.git("for-each-ref")).toBe(before);
});

it("leaves out what was recorded before", async () => {
  const host = await watched();
  await host.ask(requestsOf(yesterday(), 64), Date.now());
  await host.look();
  const { result } = await runJob(host);
  expect(result).toMatchObject({ windows: [], unchanged: 1 });
});

it("says whose retrain pull request was asked for, and looks whether its data moved whatever the policy says", async () => {
  const host = await watched();
  const { result } = await runJob(host, { name: "workflow_dispatch" }, { models: "penguins", retrain: "true" });
  expect(result).toMatchObject({ retrain: ["penguins"], moved: [] });
});

it("looks as of a moment that is asked for: what was not over then is left", async () => {
  const host = await watched();
  await host.ask([...requestsOf(yesterday(), 64), ...requestsOf(yesterday() - DAY, 30)], Date.now());
  const at = `${new Date(yesterday()).toISOString().slice(0, 19)}Z`;
  const { result } = await runJob(host, { name: "workflow_dispatch" }, { at });
  expect(result).toMatchObject({ windows: [{ traffic: { rows: 30 }, window: { to: new Date(at).toISOString() } }] });
});

it("ends at once, and attests nothing, where nothing is watched", async () => {
  const host = await watchedHost();
  await host.write({ "slipway.yaml": "slipway: 1\nartifacts: { store: file:/nowhere }\n" });
  const { outcome, told, result } = await runJob(host);
  expect(outcome).toEqual({ outcome: "succeeded" });
  expect([told.outputs, result]).toEqual([{}, undefined]);
  expect(told.lines.join("\n")).toContain("nothing is watched");
});

it.each<[string, EventFacts, Record<string, string>, string]>([
  ["on another branch", { name: "workflow_dispatch", ref: "refs/heads/mine" }, {}, "USAGE"],
  ["for a pull request", { name: "pull_request", ref: "refs/heads/main" }, {}, "USAGE"],
  ["for a name that is none", { name: "workflow_dispatch" }, { models: "../x" }, "USAGE"],
  ["for a model that is not there", { name: "workflow_dispatch" }, { models: "frogs" }, "MODEL_UNKNOWN"],
  ["as of no moment", { name: "workflow_dispatch" }, { at: "yesterday" }, "USAGE"],
  ["as of the future", { name: "workflow_dispatch" }, { at: "2999-01-01T00:00:00Z" }, "USAGE"],
  ["for a retrain of nobody", { name: "workflow_dispatch" }, { retrain: "true" }, "USAGE"],
])("does not run %s", async (_, event, inputs, code) => {
  const host = await watched();
  expect(await runJob(host, event, inputs)).toMatchObject({
    outcome: { code },
    told: { outputs: {} },
    result: undefined,
  });
});

it("refuses a log that each job would have for itself", async () => {
  const host = await watched();
  await host.write({ "slipway.yaml": "slipway: 1\nmonitor: { requests: { store: file:log } }\n" });
  expect(await runJob(host)).toMatchObject({ outcome: { code: "ARTIFACT_NOT_DURABLE" } });
});
