import { expect, it } from "vitest";
import { register } from "../../registry/builders.ts";
import { testServer } from "./server.ts";

it("tells the run of a version of the platform's: parameters, metrics, commit and data where its users look", async () => {
  const server = await testServer();
  await register(server.ports.registry, "penguins-2");
  const { body } = await server.get("model-versions/get", { name: "penguins-2", version: "1" });
  const { run_id } = body.model_version;
  const { run } = (await server.get("runs/get", { run_id })).body;
  expect(run.info).toMatchObject({
    ...{ run_id, status: "FINISHED", user_id: "Ada" },
    artifact_uri: "mlflow-artifacts:/registry/penguins-2/1",
  });
  expect(run.data.params).toEqual(
    expect.arrayContaining([
      { key: "share", value: "1.0" },
      { key: "trees", value: "50" },
      { key: "seed", value: "7" },
    ]),
  );
  expect(run.data.metrics).toMatchObject([{ key: "accuracy", value: 0.97 }]);
  const tags = Object.fromEntries(run.data.tags.map(({ key, value }: { key: string; value: string }) => [key, value]));
  expect(tags).toMatchObject({
    "mlflow.source.git.commit": expect.stringMatching(/^a+1$/),
    "mlflow.source.name": "models/penguins/model.yaml",
    "slipway.data.test.sha256": expect.stringMatching(/5$/),
  });
  const found = await server.get("model-versions/search", { filter: `run_id = '${run_id}'` });
  expect(found.body.model_versions).toMatchObject([{ version: "1" }]);
});

it("writes nothing to it, and knows none of a version that is not there", async () => {
  const server = await testServer();
  await register(server.ports.registry, "penguins");
  const written = await server.post("runs/set-tag", { run_id: "penguins-1", key: "a", value: "b" });
  expect(written.status).toBe(404);
  for (const run_id of ["penguins-2", "penguins-0", "nobody-1", "penguins"])
    expect((await server.get("runs/get", { run_id })).status).toBe(404);
});

it("keeps what its run says of a version that is imported, and lets no gate believe it", async () => {
  const gates =
    "metrics: { accuracy: { metric: accuracy_score } }\ngates: { staging: [{ metric: accuracy, at-least: 0.5 }] }";
  const server = await testServer({ "slipway.yaml": `slipway: 1\nregister: { imported: [staging] }\n${gates}\n` });
  await server.post("registered-models/create", { name: "churn" });
  const { body } = await server.post("runs/create", { experiment_id: "0" });
  const { run_id } = body.run.info;
  await server.post("runs/log-metric", { run_id, key: "accuracy", value: 0.99, timestamp: 1, step: 0 });
  const source = await server.upload(`0/${run_id}/artifacts/model`, { MLmodel: "flavors: {}" });
  await server.post("model-versions/create", { name: "churn", source, run_id });
  const { manifest } = (await (await server.ports.registry.snapshot()).manifest("churn", 1)) ?? {};
  expect(manifest).toMatchObject({ imported: { run_id, metrics: { accuracy: 0.99 } }, evaluation: { metrics: {} } });
  for (const stage of ["Staging", "Production"]) {
    const refused = await server.post("model-versions/transition-stage", { name: "churn", version: "1", stage });
    expect(refused).toMatchObject({ status: 403, body: { error_code: "PERMISSION_DENIED" } });
  }
});
