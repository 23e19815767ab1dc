import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { evaluateVersion } from "../../../core/acts/evaluate-version.ts";
import { promoteVersion } from "../../../core/acts/promote.ts";
import { verifyAll } from "../../../core/acts/verify-all.ts";
import { SlipwayError } from "../../../core/errors.ts";
import { WORKFLOWS } from "../../../core/github.ts";
import { comment } from "../../acts/hosts.ts";
import { gitIdentity, slipway } from "../../cli/memory-host.ts";
import { FILES, SPEC } from "../../e2e/tiny-model.ts";
import { makeKey } from "../../git/ssh/keys.ts";
import { ADA, register } from "../../registry/builders.ts";
import { gitIn } from "../../registry/repositories.ts";
import { rewriteTip } from "../../registry/tamper.ts";
import { testServer } from "./server.ts";

gitIdentity();

const GATES = {
  register: [{ metric: "accuracy", "at-least": 0.3 }],
  production: [{ metric: "accuracy", "at-least": 0.6 }],
};
const POLICY = { slipway: 1, register: { imported: ["staging"] } };

/** The spec of a model that clients import versions to: a threshold on x, right on 90 of 100 rows at 50. */
const specFiles = (gates: object = GATES, policy: object = POLICY) => ({
  "slipway.yaml": JSON.stringify(policy),
  "models/churn/model.yaml": JSON.stringify({ ...SPEC, gates }),
  ...Object.fromEntries(Object.entries(FILES).map(([path, text]) => [`models/churn/${path}`, text])),
});

/** MLflow's client on a server, and who evaluates on the machine that the repository is on. */
async function clients(files: Record<string, string> = specFiles()) {
  const server = await testServer(files);
  const { ports, post, get } = server;
  await post("registered-models/create", { name: "churn" });
  let uploads = 0;
  const handIn = async (threshold: number, about: object = {}) => {
    uploads += 1;
    const source = await server.upload(`0/${uploads}/model`, { "model.json": JSON.stringify({ threshold }) });
    return (await post("model-versions/create", { name: "churn", source, ...about })).body.model_version
      .version as string;
  };
  const move = (version: string, stage: string) =>
    post("model-versions/transition-stage", { name: "churn", version, stage, archive_existing_versions: true });
  const machine = { ...ports, name: "cli", runsUserCode: true };
  const evaluate = (version: string) =>
    evaluateVersion(machine, { reference: { model: "churn", version: Number(version) }, evaluatedBy: ADA });
  const refusal = (version: string) => evaluate(version).catch((error: { code: string }) => error.code);
  const write = async (changes: Record<string, string>) => {
    for (const [path, text] of Object.entries(changes)) await writeFile(join(ports.workspace.folder, path), text);
    await gitIn(ports.workspace.folder, "commit", "-qam", "change");
  };
  const metricsOf = async (version: string) => {
    const { run_id } = (await get("model-versions/get", { name: "churn", version })).body.model_version;
    const { run } = (await get("runs/get", { run_id })).body;
    return Object.fromEntries(
      run.data.metrics.map(({ key, value }: { key: string; value: number }) => [key, value]),
    ) as Record<string, number>;
  };
  const verify = async () => (await verifyAll(ports)).findings.map(({ code, message }) => `${code} ${message}`);
  return { ...server, handIn, move, evaluate, refusal, write, metricsOf, verify };
}

const words = (text: string) => ({
  status: 403,
  body: { error_code: "PERMISSION_DENIED", message: expect.stringContaining(text) },
});

describe("the usual flow of MLflow's users", () => {
  it("ends in Production where the newest Staging version's metrics are good enough", async () => {
    const { handIn, move, evaluate, metricsOf, get, post, verify } = await clients();
    const version = await handIn(50);
    expect(await move(version, "Staging")).toMatchObject({ status: 200 });
    expect(await move(version, "Production")).toMatchObject(words(`slipway evaluate churn@${version}`));
    expect(await evaluate(version)).toMatchObject({ outcome: "evaluated", record: { number: 1 } });
    const latest = await post("registered-models/get-latest-versions", { name: "churn", stages: ["Staging"] });
    expect(latest.body.model_versions).toMatchObject([{ version }]);
    expect(await metricsOf(version)).toMatchObject({ accuracy: 0.9 });
    expect(await move(version, "Production")).toMatchObject({ status: 200 });
    const live = await get("model-versions/get", { name: "churn", version });
    expect(live.body.model_version.current_stage).toBe("Production");
    expect(await verify()).toEqual([]);
  });

  it("is refused with the gate's words where they are not", async () => {
    const { handIn, move, evaluate, metricsOf, verify } = await clients();
    const version = await handIn(0);
    expect(await evaluate(version)).toMatchObject({ gates: { production: [{ verdict: "fail" }] } });
    expect((await metricsOf(version))["accuracy"]).toBeCloseTo(0.5);
    expect(await move(version, "Production")).toMatchObject(words("expected at least 0.6, found 0.5"));
    expect(await verify()).toEqual([]);
  });
});

it("waits for no comparison by another host, whose word on what was imported counts for nothing", async () => {
  const versus = [{ metric: "accuracy", versus: "production", "max-regression": 0.5 }];
  const workflow = { [WORKFLOWS.compare.path]: "name: Slipway compare\n" };
  const { handIn, evaluate, move, ports } = await clients({
    ...specFiles({ ...GATES, production: versus }),
    ...workflow,
  });
  const [first, second] = [await handIn(50), await handIn(49)];
  for (const version of [first, second]) await evaluate(version);
  expect(await move(first, "Production")).toMatchObject({ status: 200 });
  const refuse = () => Promise.reject(new SlipwayError("STORE_DENIED", "this host may not read the store"));
  const denied = { ...ports, runsUserCode: false, store: { ...ports.store, getFile: refuse } };
  const asked = { model: "churn", version: Number(second), stage: "production", requestedBy: ADA, source: comment() };
  const reason = expect.stringContaining("slipway promote, on a machine with credentials");
  expect(await promoteVersion(denied, { ...asked, comparesElsewhere: true })).toMatchObject({
    outcome: "refused",
    decision: { comparisons: [{ version: Number(first), predictions: "unavailable", reason }] },
  });
});

describe("an evaluation", () => {
  it("is recorded once, however often it is asked for", async () => {
    const { handIn, evaluate, ports } = await clients();
    const version = await handIn(50);
    await evaluate(version);
    const before = await gitIn(ports.workspace.folder, "rev-parse", "registry");
    expect(await evaluate(version)).toMatchObject({ outcome: "unchanged", record: { number: 1 } });
    expect(await gitIn(ports.workspace.folder, "rev-parse", "registry")).toBe(before);
  });

  it("is made again where spec, policy or test data are other ones, and the newest counts", async () => {
    const { handIn, evaluate, move, write, verify } = await clients();
    const version = await handIn(50);
    await evaluate(version);
    await write({ "models/churn/data/test.csv": "id,x,y\nt1,10,high\nt2,90,low\n" });
    expect(await evaluate(version)).toMatchObject({ outcome: "evaluated", record: { number: 2 } });
    expect(await move(version, "Production")).toMatchObject(words("found 2 test rows"));
    expect(await verify()).toEqual([]);
  });

  it("names what was run: the version's bytes, the default branch's commit and spec, and rows that are kept", async () => {
    const { handIn, evaluate, ports } = await clients();
    const version = await handIn(50);
    const { record } = (await evaluate(version)) as Extract<Awaited<ReturnType<typeof evaluate>>, { record: unknown }>;
    const { manifest, blob } = (await (await ports.registry.snapshot()).manifest("churn", 1)) ?? {};
    const commit = await gitIn(ports.workspace.folder, "rev-parse", "main");
    expect(record).toMatchObject({
      ...{ manifest: blob, artifact_sha256: manifest?.artifact.sha256, evaluated_by: ADA, host: "cli" },
      source: { commit, spec: "models/churn/model.yaml" },
      policy_blob: await gitIn(ports.workspace.folder, "rev-parse", "main:slipway.yaml"),
      evaluation: { binding: true, test: { rows: 100 } },
    });
    expect(await ports.store.verify(record.predictions)).toBe("ok");
  });

  it.each([
    ["of which nothing but the address is known", "ARTIFACT_NOT_DURABLE"],
    ["whose bytes are gone from the store", "ARTIFACT_MISSING"],
    ["that was withdrawn", "VERSION_WITHDRAWN"],
    ["without a spec on the default branch", "MODEL_UNKNOWN"],
    ["that is not there", "VERSION_UNKNOWN"],
  ])("is refused of a version %s", async (about, code) => {
    const files = specFiles();
    const { "models/churn/model.yaml": _, ...none } = files;
    const server = await clients(about.startsWith("without") ? (none as Record<string, string>) : files);
    const { handIn, post, ports, refusal, evaluate } = server;
    const elsewhere = { name: "churn", source: "s3://bucket/model" };
    if (about.startsWith("of which")) await post("model-versions/create", elsewhere);
    else if (about !== "that is not there") await handIn(50);
    if (about.startsWith("that was")) await server.delete("model-versions/delete", { name: "churn", version: "1" });
    if (about.startsWith("whose"))
      await rm(join(ports.workspace.folder, ".slipway/store"), { recursive: true, force: true });
    const found = await (code === "ARTIFACT_MISSING"
      ? evaluate("1").then((result) => "error" in result && result.error.code)
      : refusal("1"));
    expect(found).toBe(code);
    expect(await gitIn(ports.workspace.folder, "ls-tree", "-r", "--name-only", "registry")).not.toContain(
      "evaluations",
    );
  });

  it("is refused of a version that a run made: it was evaluated then", async () => {
    const { ports, refusal } = await clients();
    await register(ports.registry, "churn", await gitIn(ports.workspace.folder, "rev-parse", "main"));
    expect(await refusal("1")).toBe("RUN_INVALID");
  });
});

describe("the gates that everybody's versions pass", () => {
  it("are asked whole: those of `register` too, which nobody asked when it was imported", async () => {
    const strict = [{ metric: "accuracy", "at-least": 0.95 }];
    const { handIn, evaluate, move, verify } = await clients(specFiles({ register: strict, production: [] }));
    const version = await handIn(50);
    await evaluate(version);
    expect(await move(version, "Production")).toMatchObject(words("expected at least 0.95"));
    expect(await verify()).toEqual([]);
  });

  it("are asked of a version whose spec is gone, and cannot be answered", async () => {
    const { handIn, evaluate, move, ports } = await clients();
    const version = await handIn(50);
    await evaluate(version);
    await gitIn(ports.workspace.folder, "rm", "-q", "models/churn/model.yaml");
    await gitIn(ports.workspace.folder, "commit", "-qm", "gone");
    expect((await move(version, "Production")).status).not.toBe(200);
  });

  it("compare with what is live, on the same rows, by kept predictions", async () => {
    const production = [{ metric: "accuracy", versus: "production", "max-regression": 0 }];
    const { handIn, evaluate, move, ports, verify } = await clients(specFiles({ production }));
    const [good, better] = [await handIn(40), await handIn(50)];
    await evaluate(good);
    expect(await move(good, "Production")).toMatchObject({ status: 200 });
    await evaluate(better);
    expect(await move(better, "Production")).toMatchObject({ status: 200 });
    const decisions = await (await ports.registry.snapshot()).list("decision", "churn");
    expect(decisions.find((each) => each.version === Number(better))).toMatchObject({
      evaluation: { number: 1 },
      comparisons: [{ stage: "production", version: Number(good), predictions: "kept", rows: 100 }],
    });
    const worse = await handIn(45);
    await evaluate(worse);
    expect((await move(worse, "Production")).status).toBe(403);
    expect(await verify()).toEqual([]);
  });
});

it("counts for no other version, wherever somebody copies an evaluation", async () => {
  const { handIn, evaluate, move, ports } = await clients();
  await evaluate(await handIn(50));
  const bad = await handIn(0);
  const text = await gitIn(ports.workspace.folder, "show", "registry:models/88/churn/evaluations/1-1.json");
  await rewriteTip(ports.workspace.folder, { [`models/88/churn/evaluations/${bad}-1.json`]: () => `${text}\n` });
  expect(await move(bad, "Production")).toMatchObject(words("imported without an evaluation"));
  expect(await evaluate(bad)).toMatchObject({ outcome: "evaluated", record: { number: 2, version: Number(bad) } });
  expect(await move(bad, "Production")).toMatchObject(words("expected at least 0.6, found 0.5"));
});

describe("verify finds", () => {
  const path = "models/88/churn/evaluations/1-1.json";
  const promoted = async () => {
    const server = await clients();
    await server.evaluate(await server.handIn(50));
    await server.move("1", "Production");
    return server;
  };

  it.each<[string, (text: string) => string | undefined, string]>([
    ["another value in it", (text) => text.replace('"value": 0.9', '"value": 0.99'), "RECORD_CHANGED"],
    ["that it was taken away", () => undefined, "RECORD_DELETED"],
  ])("%s", async (_, edit, code) => {
    const { ports, verify } = await promoted();
    await rewriteTip(ports.workspace.folder, { [path]: edit });
    const found = (await verify()).join("\n");
    expect(found).toContain(code);
    expect(found).toContain("DECISION_WRONG");
  });

  it("one that somebody wrote by hand beside it", async () => {
    const { ports, verify } = await promoted();
    const text = await gitIn(ports.workspace.folder, "show", `registry:${path}`);
    await rewriteTip(ports.workspace.folder, {
      "models/88/churn/evaluations/1-3.json": () => `${text.replace('"number": 1', '"number": 3')}\n`,
    });
    expect((await verify()).join("\n")).toMatch(/EVALUATION_WRONG .* does not follow evaluation 2/);
  });
});

describe("once it is evaluated", () => {
  it("a version is measured anew against a live one that was evaluated again since", async () => {
    const production = [{ metric: "accuracy", versus: "production", "max-regression": 0 }];
    const { handIn, evaluate, move, write, ports, verify } = await clients(specFiles({ production }));
    const [live, next] = [await handIn(40), await handIn(45)];
    await evaluate(live);
    await move(live, "Production");
    await evaluate(next);
    const predict = FILES["predict.mjs"].replace('"low" : "high"', '"high" : "low"');
    await write({ "models/churn/predict.mjs": predict });
    expect(await evaluate(live)).toMatchObject({ outcome: "evaluated", record: { number: 2 } });
    expect(await move(next, "Production")).toMatchObject({ status: 200 });
    const decision = (await (await ports.registry.snapshot()).list("decision", "churn")).find(
      (each) => each.version === Number(next),
    );
    expect(decision?.comparisons[0]?.metrics["accuracy"]).toMatchObject({ candidate: 0.87, baseline: 0.18 });
    expect(await verify()).toEqual([]);
  });

  it("a version goes nowhere by it where the policy names signers: nobody signed it", async () => {
    const { handIn, evaluate, move, write } = await clients();
    const version = await handIn(50);
    await evaluate(version);
    const key = (await makeKey()).text;
    await write({ "slipway.yaml": JSON.stringify({ ...POLICY, signers: [{ name: "app", key }] }) });
    expect(await move(version, "Production")).toMatchObject(words("carries no signature"));
  });
});

describe("on the command line", () => {
  const json = async (folder: string, ...args: string[]) => {
    const { code, stdout } = await slipway([...args, "--json"], { cwd: folder });
    return { code, ...JSON.parse(stdout) };
  };

  it("exits with 1 where a gate does not pass, also of what was evaluated before, and show tells of it", async () => {
    const { handIn, ports } = await clients();
    const { folder } = ports.workspace;
    const [good, bad] = [await handIn(50), await handIn(0)];
    expect(await json(folder, "evaluate", `churn@${good}`)).toMatchObject({
      code: 0,
      result: { outcome: "evaluated" },
    });
    for (const outcome of ["evaluated", "unchanged"])
      expect(await json(folder, "evaluate", `churn@${bad}`)).toMatchObject({
        ...{ code: 1, error: { code: "GATE_FAILED" } },
        result: { outcome, record: { version: Number(bad), number: 1 } },
      });
    expect(await json(folder, "show", `churn@${good}`)).toMatchObject({
      result: { evaluation: { number: 1 }, manifest: { evaluation: { binding: false } } },
    });
    const wrong = await json(folder, "errors", `churn@${good}`);
    expect(wrong).toMatchObject({ code: 0, result: { rows: 100, wrong: 10 } });
  });
});
