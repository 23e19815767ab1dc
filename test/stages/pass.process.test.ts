import { expect, it } from "vitest";
import { stringify } from "yaml";
import { runByStages } from "./by-stages.ts";
import { arrangeModels } from "./models.ts";

it("is refused to a pull request that lets itself have it, by the default branch's policy", async () => {
  const models = await arrangeModels({ policy: { gates: {} } });
  await models.spec({ environment: { pass: ["DATABASE_URL"] } });
  await models.repository.write({
    "slipway.yaml": stringify({ slipway: 1, environment: { pass: ["DATABASE_URL"] } }),
  });
  const commit = await models.repository.commit("a pull request");
  const about = { model: "tiny", commit, tip: models.commit, origin: "same-repository" } as const;
  const { run } = await runByStages(models.ports, models.root, about);
  expect(run).toMatchObject({
    outcome: "failed",
    problem: { code: "SPEC_INVALID", found: "DATABASE_URL", message: expect.stringContaining("default branch") },
  });
});

it("is not stored of a pull request that lets itself be, by the default branch's policy", async () => {
  const models = await arrangeModels({ policy: { gates: {} } });
  const policy = { slipway: 1, artifacts: { store: `file:${models.store}` }, register: { artifact: "reuse" } };
  await models.repository.write({ "slipway.yaml": stringify(policy) });
  const commit = await models.repository.commit("a pull request");
  const about = { model: "tiny", commit, tip: models.commit, origin: "same-repository" } as const;
  const { run, ended } = await runByStages(models.ports, models.root, about);
  expect(ended.validate?.record.packed).toMatchObject({ reusable: [] });
  expect(ended.validate?.record.packed?.store).toBeUndefined();
  expect(run).toMatchObject({ outcome: "succeeded", artifact: { uri: expect.stringMatching(/^actions:/) } });
});
