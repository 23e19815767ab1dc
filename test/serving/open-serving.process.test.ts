import { expect, it } from "vitest";
import { changeVersion } from "../../core/acts/change-version.ts";
import { promoteVersion } from "../../core/acts/promote.ts";
import { ADA, promote } from "../registry/builders.ts";
import { gitIn } from "../registry/repositories.ts";
import { rewriteTip } from "../registry/tamper.ts";
import { answeredBy, opened, registerNext, servedHost, untilLive } from "./registered.ts";

/** Version 1 of `tiny` in production, version 2 registered. */
async function served() {
  const ports = await servedHost();
  await registerNext(ports);
  await registerNext(ports);
  await promote(ports.registry, 1, { model: "tiny" });
  const serving = await opened(ports);
  await serving.settled();
  const registry = () => gitIn(ports.workspace.folder, "rev-parse", "registry");
  return { ports, serving, registry };
}

it("answers by the version in the stage, and by the one that is promoted next", async () => {
  const { ports, serving } = await served();
  expect(await answeredBy(serving)).toBe(1);
  expect(serving.ready()).toBe(true);
  await promote(ports.registry, 2, { model: "tiny" });
  await untilLive(serving, 2);
  expect(await answeredBy(serving)).toBe(2);
  await serving.close(0);
});

it("sees a promotion by itself", async () => {
  const { ports, serving } = await served();
  await promote(ports.registry, 2, { model: "tiny" });
  await expect.poll(() => answeredBy(serving)).toBe(2);
  await serving.close(0);
});

it("warms a version up with a row for each worker before it answers", async () => {
  const { serving } = await served();
  expect(serving.workers.get(1)?.asked).toBe(1);
  await serving.close(0);
});

it("goes on if the registry is set back, and says so", async () => {
  const { ports, serving, registry } = await served();
  await promote(ports.registry, 2, { model: "tiny" });
  await untilLive(serving, 2);
  const whole = await registry();
  await gitIn(ports.workspace.folder, "update-ref", "refs/heads/registry", `${whole}~1`);
  serving.poke();
  await expect.poll(() => serving.status().registry.problem?.message).toContain("was rewritten");
  expect(await answeredBy(serving)).toBe(2);
  await gitIn(ports.workspace.folder, "update-ref", "refs/heads/registry", whole);
  serving.poke();
  await expect.poll(() => serving.status().registry.problem).toBeUndefined();
  await serving.close(0);
});

it("goes on if somebody puts a version into the stage by hand, and says so", async () => {
  const { ports, serving } = await served();
  const shard = (await gitIn(ports.workspace.folder, "ls-tree", "--name-only", "registry:models")).trim();
  await rewriteTip(ports.workspace.folder, {
    [`models/${shard}/tiny/model.json`]: (text) => text.replace(/("version": )1$/m, "$12"),
  });
  serving.poke();
  await expect.poll(() => serving.endpoints()[0]?.problem).toContain("decisions put");
  expect(await answeredBy(serving)).toBe(1);
  await serving.close(0);
});

it("answers no more once the version is withdrawn", async () => {
  const { ports, serving } = await served();
  await changeVersion(ports, { model: "tiny", version: 1, act: "withdraw", by: ADA });
  await untilLive(serving, undefined);
  await expect(answeredBy(serving)).rejects.toMatchObject({ code: "SERVE_NOT_READY" });
  await serving.close(0);
});

it("answers for every model of the stage, and for one that comes later", async () => {
  const ports = await servedHost(["tiny", "other"]);
  await registerNext(ports);
  await registerNext(ports, "other");
  await promote(ports.registry, 1, { model: "tiny" });
  const serving = await opened(ports);
  await serving.settled();
  expect(serving.endpoints().map(({ model }) => model)).toEqual(["tiny"]);
  await promote(ports.registry, 1, { model: "other" });
  await untilLive(serving, 1, "other");
  expect(await answeredBy(serving, "other")).toBe(1);
  await expect(serving.ask({ rows: [{ x: 1 }], id: "1", route: "test" })).rejects.toMatchObject({
    code: "MODEL_UNKNOWN",
    problems: [{ expected: "one of tiny, other", found: "no model" }],
  });
  await serving.close(0);
});

it("stays ready for other models once one is withdrawn", async () => {
  const ports = await servedHost(["tiny", "other"]);
  for (const model of ["tiny", "other"]) {
    await registerNext(ports, model);
    await promote(ports.registry, 1, { model });
  }
  const serving = await opened(ports);
  await serving.settled();
  await changeVersion(ports, { model: "tiny", version: 1, act: "withdraw", by: ADA });
  await untilLive(serving, undefined);
  expect(serving.ready()).toBe(true);
  expect(await answeredBy(serving, "other")).toBe(1);
  await serving.close(0);
});

it("refuses a stage that the policy does not name", async () => {
  const ports = await servedHost();
  await registerNext(ports);
  await expect(opened(ports, { stage: "prodution" })).rejects.toMatchObject({
    code: "STAGE_UNKNOWN",
    problems: [{ found: "prodution", hint: expect.stringContaining("production") }],
  });
});

it("waits for the first version of a model that it was told to serve", async () => {
  const ports = await servedHost();
  await registerNext(ports);
  const serving = await opened(ports, { models: ["tiny"] });
  expect(serving.ready()).toBe(false);
  await expect(answeredBy(serving)).rejects.toMatchObject({ code: "SERVE_NOT_READY" });
  await promote(ports.registry, 1, { model: "tiny" });
  await untilLive(serving, 1);
  expect(serving.ready()).toBe(true);
  await serving.close(0);
});

it("refuses a model that the registry does not know", async () => {
  const ports = await servedHost();
  await registerNext(ports);
  await expect(opened(ports, { models: ["tinny"] })).rejects.toMatchObject({
    code: "MODEL_UNKNOWN",
    problems: [{ expected: "a registered model: tiny", found: "tinny" }],
  });
});

it("starts nothing before the first request if it is lazy", async () => {
  const ports = await servedHost();
  await registerNext(ports);
  await promote(ports.registry, 1, { model: "tiny" });
  const serving = await opened(ports, { lazy: true });
  await serving.settled();
  expect(serving.ready()).toBe(true);
  expect(serving.workers.size).toBe(0);
  expect(await answeredBy(serving)).toBe(1);
  expect(serving.workers.size).toBe(1);
  await serving.close(0);
});

it("starts the next version at once if the lazy one before it was asked", async () => {
  const ports = await servedHost();
  await registerNext(ports);
  await registerNext(ports);
  await promote(ports.registry, 1, { model: "tiny" });
  const serving = await opened(ports, { lazy: true });
  await serving.settled();
  await answeredBy(serving);
  await promote(ports.registry, 2, { model: "tiny" });
  await untilLive(serving, 2);
  expect(serving.workers.has(2)).toBe(true);
  await serving.close(0);
});

it("starts what rolls out at once, though it is lazy: the first requests count", async () => {
  const plan = "rollout: { production: { steps: [{ shadow: 1h }, { share: 1 }] } }";
  const ports = await servedHost(["tiny"], `slipway: 1\n${plan}\n`);
  for (const version of [await registerNext(ports), await registerNext(ports)])
    await promoteVersion(ports, { model: "tiny", stage: "production", version, requestedBy: ADA });
  const serving = await opened(ports, { lazy: true });
  await expect.poll(() => serving.endpoints()[0]?.beside.length).toBe(1);
  expect([...serving.workers.keys()]).toEqual([2]);
  await serving.close(0);
});

it("is not ready any more while it drains, and still answers", async () => {
  const { serving } = await served();
  serving.drain();
  expect(serving.ready()).toBe(false);
  expect(serving.status().state).toBe("draining");
  expect(await answeredBy(serving)).toBe(1);
  await serving.close(0);
  expect(serving.workers.get(1)?.closed).toBe(true);
});
