import { chmodSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { stringify } from "yaml";
import { awaitAnswer } from "../../../actions/deploy/await-answer.ts";
import type { DeploymentPort } from "../../../actions/deploy/deployments.ts";
import { type DeployPorts, run } from "../../../actions/deploy/run.ts";
import { publishWithRetry } from "../../../core/registry/commit-act.ts";
import { registrationChange } from "../../../core/registry/records.ts";
import { POLICY } from "../../e2e/tiny-model.ts";
import { makeKey } from "../../git/ssh/keys.ts";
import { manifest, promote } from "../../registry/builders.ts";
import { rewriteTip } from "../../registry/tamper.ts";
import { temporaryFolder } from "../../runtime/temporary.ts";
import { arrangeModels } from "../../stages/models.ts";
import { arrangeRunner, type EventFacts } from "../ports.ts";

const IMAGE = `ghcr.io/acme/serve@sha256:${"a".repeat(64)}`;

/** A server that says of the version what `answers` has, one after another, the last again and again. */
async function answering(...answers: { status: number; ready?: boolean }[]) {
  const asked: (string | undefined)[] = [];
  const server = createServer(({ url }, response) => {
    const { status, ready } = answers[Math.min(asked.length, answers.length - 1)] ?? { status: 404 };
    asked.push(url);
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ name: "tiny", ready }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

/** A version in production whose artifact is in the store, without the training. */
async function arrange() {
  const models = await arrangeModels();
  const { registry, store } = models.ports;
  const artifact = await store.putFolder(temporaryFolder({ "model.json": '{"threshold":40}' }));
  await publishWithRetry(registry, async () =>
    registrationChange({ manifest: manifest({ model: "tiny", artifact }), record: undefined }),
  );
  const { id: decision } = await promote(registry, 1, { model: "tiny" });
  const artifact_sha256 = artifact.sha256;
  const payload = { slipway: 1, model: "tiny", version: 1, stage: "production", decision, artifact_sha256 };
  const runner = await arrangeRunner(models.repository);
  const statuses: Record<string, unknown>[] = [];
  const retired: number[] = [];
  const deployments: DeploymentPort = {
    payload: async (id) => (id === 9 ? payload : { other: true }),
    setStatus: async (id, status) => {
      statuses.push({ id, ...status });
    },
    list: async () => [5, 4, 3, 2].map((id) => ({ id })),
    state: async (id) => ({ 4: "failure", 3: "success", 2: "inactive" })[id],
    markInactive: async (id) => void retired.push(id),
  };
  const deploy = async (event: EventFacts, inputs: Record<string, string> = {}) => {
    const { ports, told, place } = await runner.job(event, inputs);
    const all: DeployPorts = { ...ports, deployments: () => deployments };
    return { told, place, outcome: await run(all).catch((error: unknown) => error) };
  };
  const event = (changes: object = {}): EventFacts => ({
    name: "deployment",
    payload: { deployment: { id: 5, payload: { ...payload, ...changes } } },
  });
  return { ...models, artifact, deploy, event, statuses, retired };
}

it("brings the promoted version's artifact into a folder, and says that it is at work", async () => {
  const { deploy, event, statuses, artifact } = await arrange();
  const { told, outcome } = await deploy(event());
  expect(outcome).toEqual({ outcome: "succeeded" });
  expect(told.outputs).toMatchObject({ model: "tiny", version: "1", stage: "production" });
  const path = told.outputs["path"] ?? "";
  expect(readdirSync(path)).toEqual(artifact.files.map((file) => file.path));
  expect(JSON.parse(readFileSync(join(path, "model.json"), "utf8"))).toMatchObject({ threshold: 40 });
  expect(statuses).toMatchObject([{ id: 5, state: "in_progress", page: expect.stringMatching(/actions\/runs\/77$/) }]);
});

it("leaves the artifact alone in the runner's folder for temporary files", async () => {
  const { deploy, event } = await arrange();
  const { told, place } = await deploy(event());
  const left = readdirSync(join(place, "temp"));
  expect(left).toHaveLength(1);
  expect(told.outputs["path"]).toBe(join(place, "temp", left[0] ?? "", "tiny"));
});

it("takes a deployment by its id where the event is another", async () => {
  const { deploy } = await arrange();
  const { told } = await deploy({ name: "issue_comment" }, { deployment: "9" });
  expect(told.outputs).toMatchObject({ model: "tiny", version: "1" });
});

it.each(["success", "failure"])("says that it ended in %s", async (state) => {
  const { deploy, event, statuses } = await arrange();
  const { told } = await deploy(event(), { state, "environment-url": "https://serve.example/tiny" });
  expect(statuses).toMatchObject([{ id: 5, state, environmentUrl: "https://serve.example/tiny" }]);
  expect(told.outputs).toEqual({});
});

/** The policy says of production what `target` has. */
async function described(target: object) {
  const arranged = await arrange();
  const deploy = { production: target };
  const policy = stringify({ ...POLICY, artifacts: { store: `file:${arranged.store}` }, deploy });
  await arranged.repository.write({ "slipway.yaml": policy });
  await arranged.repository.commit("where it serves");
  return arranged;
}

it("succeeds once the very version answers where the policy says that it serves, and says where", async () => {
  const { url, asked } = await answering({ status: 503, ready: false }, { status: 200, ready: true });
  const { deploy, event, statuses } = await described({ url: `${url}/{model}` });
  await expect(deploy(event(), { state: "success" })).resolves.toMatchObject({ outcome: { outcome: "succeeded" } });
  expect(asked).toEqual(["/tiny/v2/models/tiny/versions/1/ready", "/tiny/v2/models/tiny/versions/1/ready"]);
  expect(statuses).toMatchObject([
    { state: "in_progress", description: "Waiting until version 1 answers" },
    { state: "success", description: "Version 1 answers", environmentUrl: `${url}/tiny` },
  ]);
});

it.each([
  ["another version answers", { status: 404 }, "status 404"],
  ["it says that it is not ready", { status: 200, ready: false }, "no word of being ready"],
])("fails with the reason if %s until the limit", async (_, answer, found) => {
  const { url } = await answering(answer);
  const { deploy, event, statuses } = await described({ url });
  const { outcome } = await deploy(event(), { state: "success", wait: "1ms" });
  expect(outcome).toMatchObject({ code: "DEPLOYMENT_UNANSWERED" });
  expect(statuses.at(-1)).toMatchObject({ state: "failure", description: expect.stringContaining(found) });
});

it("fails with the reason if nothing listens there", async () => {
  const { deploy, event, statuses } = await described({ url: "http://127.0.0.1:9" });
  await deploy(event(), { state: "success", wait: "1ms" });
  expect(statuses.at(-1)).toMatchObject({ state: "failure", description: expect.stringMatching(/does not answer/) });
});

it("fails with the reason if the branch deploy does not describe the version", async () => {
  const { deploy, event, statuses } = await described({ kubernetes: { open: true }, image: { "tiny@2": IMAGE } });
  await deploy(event(), { state: "success" });
  expect(statuses.at(-1)).toMatchObject({ state: "failure", description: expect.stringContaining("tiny@1") });
});

it("marks the model's earlier deployment as inactive when it succeeds, and when it fails does not", async () => {
  const { deploy, event, retired } = await arrange();
  await deploy(event(), { state: "failure" });
  expect(retired).toEqual([]);
  await deploy(event(), { state: "success" });
  expect(retired).toEqual([3]);
});

it("waits no more for a version that another one replaced", async () => {
  const { url } = await answering({ status: 503 });
  const stillWanted = () => Promise.reject(new Error("overtaken"));
  const patience = { limitMs: 60_000, pauseMs: 5, lookMs: 0, stillWanted, signal: new AbortController().signal };
  await expect(awaitAnswer({ url, model: "tiny", version: 1 }, patience)).rejects.toThrow("overtaken");
});

it("is no success of a version that another one replaced meanwhile, and leaves that one's deployment alone", async () => {
  const { deploy, event, statuses, retired } = await arrange();
  const { outcome } = await deploy(event({ decision: "a".repeat(32) }), { state: "success" });
  expect(outcome).toMatchObject({ code: "DEPLOYMENT_OVERTAKEN" });
  expect(statuses).toMatchObject([{ state: "failure" }]);
  expect(retired).toEqual([]);
});

it.each<[string, object, string]>([
  ["a version that is not in the stage", { version: 2 }, "DEPLOYMENT_OVERTAKEN"],
  ["a decision that did not put it there", { decision: "a".repeat(32) }, "DEPLOYMENT_OVERTAKEN"],
  ["a stage that holds nothing", { stage: "staging" }, "DEPLOYMENT_OVERTAKEN"],
  ["a model that nobody registered", { model: "other" }, "MODEL_UNKNOWN"],
  ["another artifact", { artifact_sha256: "a".repeat(64) }, "USAGE"],
  ["somebody else's payload", { slipway: 2 }, "USAGE"],
  [
    "a payload that names no artifact, which the App would not take for a promotion's",
    { artifact_sha256: undefined },
    "USAGE",
  ],
])("refuses %s, and fails the deployment", async (_, changes, code) => {
  const { deploy, event, statuses } = await arrange();
  const { told, outcome } = await deploy(event(changes));
  expect(outcome).toMatchObject({ code });
  expect(statuses.at(-1)).toMatchObject({ id: 5, state: "failure" });
  expect(told.outputs).toEqual({});
});

it("refuses an artifact that is not whole", async () => {
  const { deploy, event, store, statuses } = await arrange();
  for (const entry of readdirSync(store, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    chmodSync(join(entry.parentPath, entry.name), 0o600);
    writeFileSync(join(entry.parentPath, entry.name), "swapped");
  }
  expect((await deploy(event())).outcome).toMatchObject({ code: "ARTIFACT_CORRUPT" });
  expect(statuses.at(-1)).toMatchObject({ state: "failure" });
});

it("says where to name a store that outlives a job", async () => {
  const { deploy, event, repository } = await arrange();
  await repository.write({ "slipway.yaml": stringify({ ...POLICY, artifacts: { store: "file:store" } }) });
  await repository.commit("a relative store");
  expect((await deploy(event())).outcome).toMatchObject({
    code: "ARTIFACT_NOT_DURABLE",
    problems: [{ file: "slipway.yaml", line: expect.any(Number) }],
  });
});

it("asks for a deployment where there is none", async () => {
  const { deploy, statuses } = await arrange();
  for (const deployment of ["", "five", "0"])
    expect((await deploy({ name: "issue_comment" }, { deployment })).outcome).toMatchObject({ code: "USAGE" });
  expect(statuses).toEqual([]);
});

it("brings nothing that the registry's records contradict", async () => {
  const { deploy, event, statuses, repository } = await arrange();
  await rewriteTip(repository.folder, {
    "models/f2/tiny/versions/1.json": (text) => text.replace('"seed": 7', '"seed": 8'),
  });
  const { outcome, told } = await deploy(event());
  expect(outcome).toMatchObject({ code: "RECORD_FORGED" });
  expect(told.outputs).toEqual({});
  expect(statuses.at(-1)).toMatchObject({ id: 5, state: "failure" });
});

it("brings nothing that nobody signed whom the policy names", async () => {
  const { deploy, event, repository, store } = await arrange();
  const signers = [{ name: "app", key: (await makeKey()).text }];
  await repository.write({ "slipway.yaml": stringify({ ...POLICY, artifacts: { store: `file:${store}` }, signers }) });
  await repository.commit("signers");
  const { outcome } = await deploy(event());
  expect(outcome).toMatchObject({ code: "TAG_UNTRUSTED" });
});
