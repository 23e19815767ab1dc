import { expect, it } from "vitest";
import { registryServer } from "../helpers/real-server.ts";
import { modelsRepository } from "./models-repository.ts";
import { SPEC } from "./tiny-model.ts";

it("brings what a run in this clone trained into the store of versions, without training it again", async () => {
  const registry = await registryServer();
  const place = await modelsRepository();
  await place.policy({ artifacts: { store: `oci://${registry.host}/acme/models` } });
  await place.commit();
  const tried = await place.json("run", "tiny", "--no-gate");
  expect(await place.json("register", "tiny")).toMatchObject({ code: 0 });
  const manifest = JSON.parse(await place.git("show", "registry:models/f2/tiny/versions/1.json"));
  expect(manifest).toMatchObject({ artifact_from: "reused", artifact: { uri: expect.stringMatching(/^oci:/) } });
  expect(manifest.artifact.sha256).toBe(tried.result.runs[0]?.artifact?.sha256);
});

it("compares a run with what is live there", async () => {
  const registry = await registryServer();
  const place = await modelsRepository();
  await place.policy({ artifacts: { store: `oci://${registry.host}/acme/models` } });
  await place.commit();
  expect(await place.json("register", "tiny")).toMatchObject({ code: 0 });
  expect(await place.json("promote", "tiny@1", "production")).toMatchObject({ code: 0 });
  await place.spec({ train: { ...SPEC.train, params: { threshold: 48 } } });
  const { result } = await place.json("run", "tiny", "--no-gate");
  const production = result.runs[0]?.evaluation?.comparisons.find(({ stage }) => stage === "production");
  expect(production).toMatchObject({ version: 1, predictions: "kept" });
});
