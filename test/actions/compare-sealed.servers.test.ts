import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { run as compare } from "../../actions/compare/run.ts";
import { keepComparisons } from "../../core/acts/compare-later.ts";
import { decideAgain } from "../../core/acts/decide-again.ts";
import { isCompleteRun } from "../../core/acts/manifest-of.ts";
import { promoteVersion } from "../../core/acts/promote.ts";
import { registerResult } from "../../core/acts/register-result.ts";
import { WORKFLOWS } from "../../core/github.ts";
import { verifyRegistry } from "../../core/registry/verify.ts";
import { RunResult } from "../../schemas/run-result.ts";
import { comment } from "../acts/hosts.ts";
import { labelsApart, SEALED, SEALED_BUCKETS, sealLabels } from "../e2e/labels-apart.ts";
import { SPEC } from "../e2e/tiny-model.ts";
import { s3Server } from "../helpers/real-server.ts";
import { ADA, arrangeModels } from "../stages/models.ts";
import { runJobs } from "./chain.ts";
import { arrangeRunner, EVENTS } from "./ports.ts";
import { startScoringWire } from "./scoring-wire.ts";

/** Version 1 in production and version 2 beside it, both scored on labels in a bucket that wants keys; a host without the keys. */
async function arrange() {
  const labels = JSON.stringify(sealLabels(await s3Server(SEALED_BUCKETS)));
  const { data, files } = labelsApart();
  const models = await arrangeModels({
    spec: { data },
    files: { ...files, [WORKFLOWS.compare.path]: "name: Slipway compare\n" },
  });
  const { repository, spec } = models;
  const host = { ...models.ports, name: "app", identifiesUsers: true, runsUserCode: false };
  const wire = await startScoringWire(models.commit);
  const runner = await arrangeRunner(repository, { apiUrl: wire.url });
  const opening = { token: "t", labels, environment: "slipway-labels" };
  for (const threshold of [45, 50]) {
    await spec({ train: { ...SPEC.train, params: { threshold } } });
    const commit = await repository.commit(`threshold ${threshold}`);
    const { run } = await runJobs(runner, EVENTS.push(commit), { model: "tiny", commit, scoring: opening });
    expect(await registerResult(host, { run, requestedBy: ADA })).toMatchObject({ outcome: "registered" });
  }
  const promote = (version: number) =>
    promoteVersion(host, {
      ...{ model: "tiny", version, stage: "production", requestedBy: ADA, source: comment(), comparesElsewhere: true },
    });
  expect(await promote(1)).toMatchObject({ outcome: "promoted" });
  /** A job of compare.yml. */
  const runJob = async (inputs: Record<string, string> = {}) => {
    const sha = await repository.commit("whatever came since");
    const asked = { model: "tiny", version: "2", stage: "production", live: "1", ...inputs };
    const { ports, told } = await runner.job(EVENTS.dispatch(sha), asked);
    const file = join(runner.artifacts.at("slipway-result-tiny"), "result.json");
    const before = existsSync(file) ? readFileSync(file, "utf8") : "";
    const { outcome } = await compare(ports);
    const text = readFileSync(file, "utf8");
    return { outcome, told, result: text === before ? undefined : RunResult.parse(JSON.parse(text)) };
  };
  return { ...models, wire, host, promote, opening: { ...opening, "opens-labels": "true" }, runJob };
}

it("leaves versions whose labels stand apart to the job that opens them", async () => {
  const { runJob, promote } = await arrange();
  expect(await promote(2)).toMatchObject({ outcome: "comparing" });
  const { outcome, told, result } = await runJob();
  expect(outcome).toBe("succeeded");
  expect(told.outputs).toEqual({ sealed: "true" });
  expect(result).toBeUndefined();
});

it("compares them in that job, in steps, and a host without the labels promotes by it", async () => {
  const { runJob, opening, promote, host, repository } = await arrange();
  const { told, result } = await runJob(opening);
  expect(told.outputs).toMatchObject({ sealed: "false", result: expect.stringMatching(/[0-9a-f]{64}/) });
  expect(result?.evaluation).toMatchObject({ labels: "sealed", values: "steps" });
  expect(result?.evaluation?.comparisons).toMatchObject([{ version: 1, predictions: "kept" }]);
  expect(told.masks).toContain("playground-secret");

  const manifest = (await (await host.registry.snapshot()).manifest("tiny", 2))?.manifest;
  if (!manifest || !result || !isCompleteRun(result)) throw new Error("the result is not whole");
  await keepComparisons(host, { run: result, manifest, requestedBy: ADA });
  expect(await promote(2)).toMatchObject({ outcome: "promoted", decision: { version: 2, replaces: 1 } });
  expect((await verifyRegistry({ folder: repository.folder, decide: decideAgain })).findings).toEqual([]);
});

it("says withheld where other branches get into the environment", async () => {
  const { runJob, opening, wire } = await arrange();
  wire.state.branches.push("*");
  const { result } = await runJob(opening);
  expect(result?.evaluation).toMatchObject({
    labels: "withheld",
    labels_reason: expect.stringMatching(/lets more in than main/),
  });
});

it("says withheld where the workflow that asks for it hands the keys on", async () => {
  const { runJob, opening, repository } = await arrange();
  const passing = "on: workflow_dispatch\njobs: { compare: { secrets: inherit } }\n";
  await repository.write({ [WORKFLOWS.compare.path]: passing });
  const { result } = await runJob(opening);
  expect(result?.evaluation?.labels_reason).toMatch(/slipway-compare.yml hands the secret `labels` on/);
});

it("compares nothing without the keys", async () => {
  const { runJob, opening } = await arrange();
  await expect(runJob({ ...opening, labels: "" })).rejects.toMatchObject({ message: expect.stringContaining(SEALED) });
});

it("opens no labels where the default branch's spec keeps none apart", async () => {
  const { runJob, opening, spec } = await arrange();
  await spec({ data: SPEC.data });
  await expect(runJob(opening)).rejects.toMatchObject({ message: expect.stringContaining(SEALED) });
});
