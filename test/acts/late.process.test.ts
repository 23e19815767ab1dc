import { expect, it } from "vitest";
import { holdModel } from "../../core/acts/hold.ts";
import { promoteVersion } from "../../core/acts/promote.ts";
import { rollBack } from "../../core/acts/rollback.ts";
import type { ActSource } from "../../schemas/act-source.ts";
import { register } from "../registry/builders.ts";
import { comment, forge, PERSONS, policyYaml } from "./hosts.ts";

// GitHub may tell of an older comment after a newer one: the newer wish is what people left.
const { ada, grace } = PERSONS;

async function setUp() {
  const repository = await forge({ "slipway.yaml": policyYaml(0) });
  const ports = await repository.host();
  for (let version = 1; version <= 3; version += 1) await register(ports.registry);
  const of = { model: "penguins", stage: "production" };
  return {
    promote: (version: number, source?: ActSource) =>
      promoteVersion(ports, { ...of, version, requestedBy: ada, ...(source && { source }) }),
    rollBack: (source: ActSource) => rollBack(ports, { ...of, requestedBy: grace, source }),
    hold: (hold: boolean, source: ActSource) => holdModel(ports, { model: "penguins", hold, by: ada, source }),
    live: async () => (await (await ports.registry.snapshot()).model("penguins"))?.stages["production"]?.version,
  };
}

const OVERTAKEN = { outcome: "denied", refusal: { code: "OVERTAKEN" } };

it("promotes nothing over what a later comment promoted", async () => {
  const { promote, live } = await setUp();
  const [older, newer] = [comment(), comment()];
  expect(await promote(2, newer)).toMatchObject({ outcome: "promoted" });
  expect(await promote(1, older)).toMatchObject(OVERTAKEN);
  expect(await live()).toBe(2);
  expect(await promote(1, comment())).toMatchObject({ outcome: "promoted" });
});

it("rolls nothing back that a later comment brought, and promotes nothing over a later rollback", async () => {
  const { promote, rollBack, live } = await setUp();
  const [first, older, newer, newest] = [comment(), comment(), comment(), comment()];
  await promote(1, first);
  await promote(2, newer);
  expect(await rollBack(older)).toMatchObject(OVERTAKEN);
  expect(await rollBack(newest)).toMatchObject({ outcome: "rolled-back" });
  expect(await promote(3, older)).toMatchObject(OVERTAKEN);
  expect(await live()).toBe(1);
});

it("does not release what a later comment put on hold", async () => {
  const { hold } = await setUp();
  const [first, older, newer] = [comment(), comment(), comment()];
  await hold(true, first);
  await hold(false, comment());
  expect(await hold(true, older)).toMatchObject(OVERTAKEN);
  await hold(true, comment());
  expect(await hold(false, newer)).toMatchObject(OVERTAKEN);
});

it("knows no order between a comment and what has no number", async () => {
  const { promote, live } = await setUp();
  const [older, newer] = [comment(), comment()];
  await promote(1, newer);
  await promote(2);
  expect(await promote(3, older)).toMatchObject({ outcome: "promoted" });
  expect(await promote(1, { ...older, kind: "button", id: "b" })).toMatchObject({ outcome: "promoted" });
  expect(await live()).toBe(1);
});
