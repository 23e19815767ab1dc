import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { run as compare } from "../../actions/compare/run.ts";
import { keepComparisons } from "../../core/acts/compare-later.ts";
import { decideAgain } from "../../core/acts/decide-again.ts";
import { isCompleteRun } from "../../core/acts/manifest-of.ts";
import { promoteVersion } from "../../core/acts/promote.ts";
import { registerResult } from "../../core/acts/register-result.ts";
import { SlipwayError } from "../../core/errors.ts";
import { git } from "../../core/git/run.ts";
import { WORKFLOWS } from "../../core/github.ts";
import { verifyRegistry } from "../../core/registry/verify.ts";
import { openFolderStore } from "../../core/stores/file/folder.ts";
import { RunResult } from "../../schemas/run-result.ts";
import { comment, forge, PERSONS } from "../acts/hosts.ts";
import { essays, runOfTip } from "../acts/runs.ts";
import { temporaryFolder } from "../registry/repositories.ts";
import { arrangeRunner } from "./ports.ts";

const { ada } = PERSONS;
const VERSUS = "[{ metric: readability, versus: production, max-regression: 0.5, min-rows: 2 }]";

/** Version 1 in production, version 2 beside it, a store that jobs may read, and a host that may not. */
async function begin({ gatesOf = "production" }: { gatesOf?: string } = {}) {
  const store = await temporaryFolder();
  const files = essays(join(await temporaryFolder(), "log"));
  const spec = `${files["models/essays/model.yaml"]}gates: { ${gatesOf}: ${VERSUS} }\n`;
  const policy = `slipway: 1\nartifacts: { store: "file:${store}" }\n`;
  const workflow = { [WORKFLOWS.compare.path]: "name: Slipway compare\n" };
  const { host, merge, origin } = await forge({
    ...files,
    ...workflow,
    "slipway.yaml": policy,
    "models/essays/model.yaml": spec,
  });
  const ports = { ...(await host()), store: openFolderStore(store, `file:${store}`) };
  for (const change of [undefined, { "models/essays/model.yaml": `${spec}description: Two\n` }]) {
    if (change) await merge(change);
    await registerResult(ports, { run: await runOfTip(ports, "essays"), requestedBy: ada });
  }
  const refuse = () => Promise.reject(new SlipwayError("STORE_DENIED", "this host may not read the store"));
  const denied = { ...ports, store: { ...ports.store, getFile: refuse, getFolder: refuse } };
  const promote = (version: number, source = comment(), comparesElsewhere = true, stage = "production") =>
    promoteVersion(denied, {
      model: "essays",
      version,
      stage,
      requestedBy: ada,
      source,
      comparesElsewhere,
    });
  expect(await promote(1)).toMatchObject({ outcome: "promoted" });
  return { ports, denied, promote, origin };
}

/** The job, on a runner that fetches from the forge. */
async function runJob(
  origin: string,
  inputs: Record<string, string> = {},
  ref = "refs/heads/main",
  upload?: () => Promise<never>,
) {
  const folder = await temporaryFolder();
  await git(folder, ["clone", "-q", "--mirror", origin, join(folder, ".git")]);
  const sha = (await git(origin, ["rev-parse", "main"])).toString().trim();
  const runner = await arrangeRunner({ folder });
  const asked = { model: "essays", version: "2", stage: "production", live: "1", ...inputs };
  const { ports, told } = await runner.job({ name: "workflow_dispatch", sha, ref }, asked);
  if (upload) ports.artifacts = { ...ports.artifacts, upload };
  const outcome = await compare(ports).catch((error: unknown) => error);
  const file = join(runner.artifacts.at("slipway-result-essays"), "result.json");
  const text = await readFile(file, "utf8").catch(() => undefined);
  return { outcome, told, result: text === undefined ? undefined : RunResult.parse(JSON.parse(text)) };
}

it("compares for a host that may not, which keeps it and decides the same request by it", async () => {
  const { denied, promote, origin } = await begin();
  const source = comment();
  expect(await promote(2, source)).toMatchObject({
    outcome: "comparing",
    pairs: [{ model: "essays", version: 2, stage: "production", live: 1 }],
  });
  const { outcome, told, result } = await runJob(origin);
  expect(outcome).toEqual({ outcome: "succeeded" });
  expect(told.outputs["result"]).toMatch(/[0-9a-f]{64}/);
  expect(result?.evaluation?.comparisons).toMatchObject([{ version: 1, predictions: "kept" }]);

  const manifest = (await (await denied.registry.snapshot()).manifest("essays", 2))?.manifest;
  if (!manifest || !result || !isCompleteRun(result)) throw new Error("the result is not whole");
  await keepComparisons(denied, { run: result, manifest, requestedBy: ada });
  expect(await promote(2, source)).toMatchObject({ outcome: "promoted", decision: { version: 2, replaces: 1 } });
  expect((await verifyRegistry({ folder: origin, decide: decideAgain })).findings).toEqual([]);
});

it("compares with another stage than the one that is asked for, where its gates name that", async () => {
  const { denied, promote, origin } = await begin({ gatesOf: "staging" });
  const source = comment();
  expect(await promote(2, source, true, "staging")).toMatchObject({
    outcome: "comparing",
    pairs: [{ model: "essays", version: 2, stage: "production", live: 1 }],
  });
  const { result } = await runJob(origin);
  const manifest = (await (await denied.registry.snapshot()).manifest("essays", 2))?.manifest;
  if (!manifest || !result || !isCompleteRun(result)) throw new Error("the result is not whole");
  await keepComparisons(denied, { run: result, manifest, requestedBy: ada });
  expect(await promote(2, source, true, "staging")).toMatchObject({ outcome: "promoted" });
});

it("keeps the request of who asks twice once, and decides on what there is where nobody compares", async () => {
  const { promote } = await begin();
  const source = comment();
  const first = await promote(2, source);
  expect(await promote(2, source)).toEqual(first);
  expect(await promote(2, source, false)).toMatchObject({
    outcome: "refused",
    decision: { refusals: [{ code: "GATE_INCONCLUSIVE" }] },
  });
});

it("hands on why it compared nothing, and fails", async () => {
  const { origin } = await begin();
  const { outcome, told, result } = await runJob(origin, { live: "2" });
  expect(outcome).toMatchObject({ code: "COMPARISON_STALE" });
  expect(told.outputs["result"]).toMatch(/[0-9a-f]{64}/);
  expect(result).toMatchObject({ outcome: "failed", binding: true, problem: { code: "COMPARISON_STALE" } });
});

it.each([{}, { live: "2" }])("fails for its own reason where nothing can be handed on: %o", async (inputs) => {
  const { origin } = await begin();
  const away = () => Promise.reject(new SlipwayError("SYSTEM_FAILED", "no artifact can be uploaded"));
  const { outcome } = await runJob(origin, inputs, "refs/heads/main", away);
  expect(outcome).toMatchObject({ code: "live" in inputs ? "COMPARISON_STALE" : "SYSTEM_FAILED" });
});

it.each([
  ["there is no such version", { version: "9" }, "refs/heads/main", "VERSION_UNKNOWN"],
  ["its inputs are no versions", { version: "x" }, "refs/heads/main", "USAGE"],
  ["it runs on another branch", {}, "refs/heads/other", "USAGE"],
])("compares nothing where %s", async (_, inputs, ref, code) => {
  const { origin } = await begin();
  expect(await runJob(origin, inputs, ref)).toMatchObject({
    outcome: { code },
    told: { outputs: {} },
    result: undefined,
  });
});
