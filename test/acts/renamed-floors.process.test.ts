import { expect, it } from "vitest";
import { renameModel } from "../../core/acts/change-model.ts";
import { promoteVersion } from "../../core/acts/promote.ts";
import { register } from "../registry/builders.ts";
import { forge, PERSONS, SPEC } from "./hosts.ts";

const { ada } = PERSONS;
const policy = (model: string) => `slipway: 1
metrics: { accuracy: { metric: accuracy_score } }
overrides: { ${model}: { gates: { production: [{ metric: accuracy, at-least: 0.999 }] } } }
`;

async function renamed(files: Record<string, string>) {
  const repository = await forge({ "slipway.yaml": policy("penguins") });
  const ports = await repository.host();
  await register(ports.registry);
  await renameModel(ports, { model: "penguins", to: "birds", by: ada });
  await repository.merge(files);
  return promoteVersion(ports, { model: "birds", stage: "production", requestedBy: ada });
}

it("does not lose a model its floors by another name and a spec under it", async () => {
  expect(await renamed({ "models/birds/model.yaml": SPEC })).toMatchObject({
    outcome: "refused",
    decision: { gates: [{ origin: "policy", verdict: "fail", gate: { "at-least": 0.999 } }] },
  });
});

it("holds the floors under the name that a model has now", async () => {
  const files = { "models/birds/model.yaml": SPEC, "slipway.yaml": policy("birds") };
  expect(await renamed(files)).toMatchObject({ outcome: "refused", decision: { gates: [{ verdict: "fail" }] } });
});
