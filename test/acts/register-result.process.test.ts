import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Ports } from "../../core/acts/ports.ts";
import { registerResult } from "../../core/acts/register-result.ts";
import { SlipwayError } from "../../core/errors.ts";
import { registryOn } from "../../core/registry/open.ts";
import { verifyRegistry } from "../../core/registry/verify.ts";
import type { RunResult } from "../../schemas/run-result.ts";
import { gitIn, temporaryFolder } from "../registry/repositories.ts";
import { forge } from "./hosts.ts";
import { essays, runOfTip } from "./runs.ts";

const APP = { name: "slipway[bot]", id: "slipway[bot]" };

async function finished(names: readonly string[] = ["essays"]) {
  const log = join(await temporaryFolder(), "log");
  const files = names.map((name) => essays(log, `models/${name}`));
  const repository = await forge(Object.assign({ "slipway.yaml": "slipway: 1\n" }, ...files));
  const ports = await repository.host();
  const runs: RunResult[] = [];
  for (const name of names) runs.push(await runOfTip(ports, name));
  return { ...repository, ports, log, runs, run: runs[0] as RunResult };
}

const take = (ports: Ports, run: RunResult, pullRequest?: number) =>
  registerResult(ports, { run, requestedBy: APP, pullRequest });
const versions = async (ports: Ports) => (await ports.registry.snapshot()).versions("essays");
const refused = (code: string) => ({ outcome: "refused", refusals: [{ code }] });

it("makes a finished run the next version, with the pull request that it came from", async () => {
  const { ports, run, origin } = await finished();
  const result = await take(ports, run, 12);
  expect(result).toMatchObject({
    outcome: "registered",
    manifest: { version: 1, source: { commit: run.source.commit, pull_request: 12 }, registered_by: APP },
  });
  const { findings } = await verifyRegistry({ folder: origin, artifacts: ports.store });
  expect(findings).toEqual([]);
  expect(await gitIn(origin, "tag", "--list", "essays@*")).toBe("essays@v1.0.0");
});

it("registers one commit once, whoever comes second, and another run of it too", async () => {
  const { ports, host, run, origin } = await finished();
  const again = { ...(await runOfTip(ports, "essays")), run: "2-1-essays" };
  const results = await Promise.all([take(ports, run), take(await host(), run), take(await host(), again)]);
  // Two servers that make the same manifest in the same second make one commit, and both have registered.
  for (const result of results) expect(result).toMatchObject({ manifest: { version: 1 } });
  expect(await take(ports, run)).toMatchObject({ outcome: "unchanged", manifest: { version: 1 } });
  expect(await gitIn(origin, "rev-list", "--count", "registry")).toBe("1");
  expect(await versions(ports)).toEqual([1]);
});

it("registers each model of one merge, at once", async () => {
  const { ports, host, runs, origin } = await finished(["essays", "letters"]);
  const results = await Promise.all(runs.map(async (run) => take(await host(), run)));
  expect(results.map(({ outcome }) => outcome)).toEqual(["registered", "registered"]);
  expect((await ports.registry.snapshot()).commit).toBeDefined();
  expect((await verifyRegistry({ folder: origin })).findings).toEqual([]);
});

it("registers a merge although another was merged since", async () => {
  const { ports, run, merge } = await finished();
  await merge({ "README.md": "More.\n" });
  expect(await take(ports, run)).toMatchObject({ outcome: "registered" });
});

it("registers nothing where neither the spec nor the fingerprint is new", async () => {
  const { ports, run, merge } = await finished();
  await take(ports, run);
  await merge({ "README.md": "More.\n" });
  expect(await take(ports, await runOfTip(ports, "essays"))).toMatchObject({ outcome: "unchanged" });
  expect(await versions(ports)).toEqual([1]);
});

it("lets the register gates of the tip decide, not those that the run saw", async () => {
  const { ports, run, merge } = await finished();
  await merge({ "slipway.yaml": "slipway: 1\ngates: { register: [{ metric: artifact_mb, at-most: 0 }] }\n" });
  expect(await take(ports, run)).toMatchObject({ ...refused("GATE_FAILED"), results: [{ verdict: "fail" }] });
  expect(await versions(ports)).toEqual([]);
});

it("refuses a commit that is not on the default branch", async () => {
  const { ports, run, origin } = await finished();
  const tree = await gitIn(origin, "rev-parse", "main^{tree}");
  const side = await gitIn(origin, "commit-tree", "-m", "never merged", "-p", "main", tree);
  await gitIn(origin, "update-ref", "refs/heads/side", side);
  await gitIn(ports.workspace.folder, "fetch", "--quiet", "origin", "side");
  for (const commit of [side, "0".repeat(40)])
    expect(await take(ports, { ...run, source: { commit, dirty: false } })).toMatchObject(refused("NOT_BINDING"));
});

const FORGED: [what: string, code: string, forge: (run: RunResult) => RunResult][] = [
  ["an advisory run", "NOT_BINDING", (run) => ({ ...run, binding: false })],
  [
    "an advisory evaluation",
    "NOT_BINDING",
    (run) => ({ ...run, evaluation: { ...(run.evaluation as NonNullable<RunResult["evaluation"]>), binding: false } }),
  ],
  ["a dirty tree", "RUN_INVALID", (run) => ({ ...run, source: { ...run.source, dirty: true } })],
  ["no commit", "RUN_INVALID", (run) => ({ ...run, source: { dirty: false } })],
  ["no artifact", "RUN_INVALID", ({ artifact: _, ...run }) => run],
  ["another model's spec", "RUN_INVALID", (run) => ({ ...run, spec: "models/letters/model.yaml" })],
  [
    "an evaluation on other test data",
    "RUN_INVALID",
    (run) => {
      const evaluation = run.evaluation as NonNullable<RunResult["evaluation"]>;
      return { ...run, evaluation: { ...evaluation, test: { ...evaluation.test, sha256: "0".repeat(64) } } };
    },
  ],
  [
    "an artifact that lives in Actions alone",
    "ARTIFACT_NOT_DURABLE",
    (run) => ({ ...run, artifact: { ...(run.artifact as NonNullable<RunResult["artifact"]>), uri: "actions:1/a" } }),
  ],
  [
    "predictions that the store lacks",
    "ARTIFACT_MISSING",
    (run) => ({ ...run, predictions: { uri: "file:x", sha256: "0".repeat(64), size: 1 } }),
  ],
];

it("refuses a result that is not the default branch's own, not whole, not of its commit, or not kept", async () => {
  const { ports, run } = await finished();
  for (const [what, code, forged] of FORGED) expect(await take(ports, forged(run)), what).toMatchObject(refused(code));
  expect(await versions(ports)).toEqual([]);
});

it("says why a run failed, and why its model cannot be read", async () => {
  const { ports, run } = await finished();
  const problem = { code: "COMMAND_FAILED", message: "predict failed", hint: "see its log" };
  const { evaluation: _, ...failed } = { ...run, outcome: "failed" as const, problem };
  expect(await take(ports, failed)).toMatchObject({ outcome: "failed", error: { code: "COMMAND_FAILED" } });
  expect(await take(ports, { ...run, model: "other" })).toMatchObject({
    outcome: "failed",
    error: { code: "MODEL_UNKNOWN" },
  });
});

it("refuses where the policy names no store that stays, and rejects where the store cannot tell", async () => {
  const { ports, run } = await finished();
  const failing = (code: "ARTIFACT_NOT_DURABLE" | "STORE_FAILED") => ({
    ...ports.store,
    verify: () => Promise.reject(new SlipwayError(code, "no store")),
  });
  expect(await take({ ...ports, store: failing("ARTIFACT_NOT_DURABLE") }, run)).toMatchObject(
    refused("ARTIFACT_NOT_DURABLE"),
  );
  await expect(take({ ...ports, store: failing("STORE_FAILED") }, run)).rejects.toMatchObject({ code: "STORE_FAILED" });
});

it("completes the tag of a writer that was killed, when the same run comes again", async () => {
  const { ports, run, origin } = await finished();
  await take(ports, run);
  await gitIn(origin, "tag", "-d", "essays@v1.0.0");
  await rm(join(ports.workspace.folder, "refs/slipway"), { recursive: true, force: true });
  // Whoever comes after a killed writer is another process.
  const another = { ...ports, registry: await registryOn(ports.objects, "origin", undefined) };
  expect(await take(another, run)).toMatchObject({ outcome: "unchanged" });
  expect(await gitIn(origin, "tag", "--list")).toBe("essays@v1.0.0");
});
