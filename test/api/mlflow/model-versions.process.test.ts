import { describe, expect, it } from "vitest";
import { promoteVersion } from "../../../core/acts/promote.ts";
import { findings } from "../../acts/plain-host.ts";
import { ADA, register } from "../../registry/builders.ts";
import { ARTIFACTS, testServer } from "./server.ts";

const POLICY = { "slipway.yaml": "slipway: 1\nregister: { imported: [staging] }\n" };
const MODEL = { MLmodel: "flavors: {}\n", "data/weights.txt": "1 2 3\n" };

/** A model with so many uploaded versions. */
async function withVersions(count: number, files: Record<string, string> = POLICY) {
  const server = await testServer(files);
  await server.post("registered-models/create", { name: "churn" });
  for (let n = 1; n <= count; n += 1) {
    const source = await server.upload(`0/run${n}/artifacts/model`, { ...MODEL, n: String(n) });
    await server.post("model-versions/create", { name: "churn", source });
  }
  const move = (version: number, stage: string, archive_existing_versions = false) =>
    server.post("model-versions/transition-stage", {
      ...{ name: "churn", version: String(version), stage, archive_existing_versions },
    });
  return { ...server, move };
}

describe("model versions", () => {
  it("are made of what was uploaded, with a digest from then on", async () => {
    const server = await withVersions(0);
    const source = await server.upload("0/r/artifacts/model", MODEL);
    const tags = [{ key: "k", value: "v" }];
    const made = await server.post("model-versions/create", {
      ...{ name: "churn", source, run_id: "r", run_link: "http://x", description: "d", tags },
    });
    expect(made.body.model_version).toEqual({
      ...{ name: "churn", version: "1", current_stage: "None", status: "READY", source, tags },
      ...{ run_id: "r", run_link: "http://x", description: "d" },
      creation_timestamp: expect.any(Number),
      last_updated_timestamp: expect.any(Number),
    });
    expect(await server.get("model-versions/get", { name: "churn", version: "1" })).toEqual(made);
    const manifest = await (await server.ports.registry.snapshot()).manifest("churn", 1);
    expect(manifest?.manifest.artifact.files.map(({ path }) => path)).toEqual(["MLmodel", "data/weights.txt"]);
    expect(await server.ports.store.verify(manifest?.manifest.artifact as never)).toBe("ok");
  });

  it.each<[string, string]>([
    ["mlflow-artifacts:/.partial/x", "Invalid model version source"],
    ["/etc", "To use a local path as a model version source"],
    ["file:///etc", "To use a local path as a model version source"],
    ["models", "To use a local path as a model version source"],
    ["mlflow-artifacts:/../../etc", "must be provided without relative path references present"],
    ["s3://b/a/../c", "must be provided without relative path references present"],
    ["mlflow-artifacts:/..%2f..%252fetc", "must be provided without relative path references present"],
    ["mlflow-artifacts:/a%00", "must be provided without relative path references present"],
  ])("are not made of %s", async (source, message) => {
    const server = await withVersions(0);
    const answer = await server.post("model-versions/create", { name: "churn", source });
    expect(answer).toMatchObject({ status: 400, body: { error_code: "INVALID_PARAMETER_VALUE" } });
    expect(answer.body.message).toContain(message);
  });

  it("may stand for files that are elsewhere, and are copied with them", async () => {
    const server = await withVersions(0);
    await server.post("registered-models/create", { name: "copy" });
    await server.post("model-versions/create", { name: "churn", source: "s3://b/m" });
    const copy = await server.post("model-versions/create", { name: "copy", source: "models:/churn/1" });
    expect(copy.body.model_version.source).toBe("models:/churn/1");
    for (const name of ["churn", "copy"])
      expect((await server.get("model-versions/get-download-uri", { name, version: "1" })).body).toEqual({
        artifact_uri: "s3://b/m",
      });
  });

  it("are copied with their digest", async () => {
    const server = await withVersions(1);
    await server.post("registered-models/create", { name: "copy" });
    await server.post("model-versions/create", { name: "copy", source: "models:/churn/1" });
    const snapshot = await server.ports.registry.snapshot();
    const [one, other] = await Promise.all([snapshot.manifest("churn", 1), snapshot.manifest("copy", 1)]);
    expect(other?.manifest.artifact).toEqual(one?.manifest.artifact);
  });

  it.each(["z", "1.5", ""])("have numbers, and %j is none", async (version) => {
    const server = await withVersions(1);
    const answer = await server.get("model-versions/get", { name: "churn", version });
    const message =
      version === ""
        ? "Missing value for required parameter"
        : `Parameter 'version' must be an integer, got '${version}'.`;
    expect(answer.status).toBe(400);
    expect(answer.body.message).toContain(message);
  });

  it("are deleted for good, and their numbers with them", async () => {
    const server = await withVersions(2);
    expect((await server.delete("model-versions/delete", { name: "churn", version: "2" })).body).toEqual({});
    expect(await server.get("model-versions/get", { name: "churn", version: "2" })).toMatchObject({
      status: 404,
      body: { message: "Model Version (name=churn, version=2) not found" },
    });
    expect((await server.delete("model-versions/delete", { name: "churn", version: "2" })).status).toBe(404);
    const next = await server.post("model-versions/create", { name: "churn", source: "s3://b" });
    expect(next.body.model_version.version).toBe("3");
    expect(await findings(server.ports)).toEqual([]);
  });

  it("are described and tagged, and the model's time stays", async () => {
    const server = await withVersions(1);
    const before = (await server.get("registered-models/get", { name: "churn" })).body.registered_model;
    const version = { name: "churn", version: "1" };
    const said = await server.patch("model-versions/update", { ...version, description: "better" });
    expect(said.body.model_version.description).toBe("better");
    await server.post("model-versions/set-tag", { ...version, key: "k", value: "v" });
    expect((await server.get("model-versions/get", version)).body.model_version.tags).toEqual([
      { key: "k", value: "v" },
    ]);
    await server.delete("model-versions/delete-tag", { ...version, key: "k" });
    expect((await server.get("model-versions/get", version)).body.model_version).not.toHaveProperty("tags");
    const after = (await server.get("registered-models/get", { name: "churn" })).body.registered_model;
    expect(after.last_updated_timestamp).toBe(before.last_updated_timestamp);
  });

  it("that the platform made are served from the store, under this server's own URI", async () => {
    const server = await withVersions(0);
    await register(server.ports.registry);
    const { body } = await server.get("model-versions/get", { name: "penguins", version: "1" });
    expect(body.model_version.source).toBe("mlflow-artifacts:/registry/penguins/1");
    expect((await server.get("model-versions/get-download-uri", { name: "penguins", version: "1" })).body).toEqual({
      artifact_uri: `http://localhost${ARTIFACTS}/registry/penguins/1`,
    });
  });
});

describe("stages", () => {
  it("are gone through by the policy, whatever case they are written in", async () => {
    const server = await withVersions(1);
    expect((await server.move(1, "stAging", true)).body.model_version.current_stage).toBe("Staging");
    expect((await server.move(1, "none")).body.model_version.current_stage).toBe("None");
    expect((await server.move(1, "ARCHIVED")).body.model_version.current_stage).toBe("Archived");
    expect(await findings(server.ports)).toEqual([]);
  });

  it("are not four others", async () => {
    const server = await withVersions(1);
    expect(await server.move(1, "X")).toMatchObject({
      status: 400,
      body: { message: "Invalid Model Version stage: X. Value must be one of None, Staging, Production, Archived." },
    });
    expect(await server.move(1, "Archived", true)).toMatchObject({
      status: 400,
      body: { error_code: "INVALID_PARAMETER_VALUE" },
    });
  });

  it("are refused by their gates with their words, and the decision is kept", async () => {
    const server = await withVersions(1);
    const answer = await server.move(1, "Production", true);
    expect(answer).toMatchObject({ status: 403, body: { error_code: "PERMISSION_DENIED" } });
    expect(answer.body.message).toContain("Version 1 was imported without an evaluation");
    const decisions = await (await server.ports.registry.snapshot()).list("decision", "churn");
    expect(decisions).toMatchObject([{ outcome: "refused", stage: "production", host: "mlflow" }]);
  });

  it("hold one version, and archive the one that was there", async () => {
    const server = await withVersions(2);
    await server.move(1, "Staging");
    await server.move(2, "Staging");
    const { body } = await server.get("model-versions/get", { name: "churn", version: "1" });
    expect(body.model_version.current_stage).toBe("Archived");
  });

  it("have a latest version each", async () => {
    const server = await withVersions(4);
    await server.move(1, "Staging");
    await server.move(2, "Staging");
    const latest = async (stages?: string[]) => {
      const { body } = await server.post("registered-models/get-latest-versions", { name: "churn", stages });
      return (body.model_versions ?? []).map((v: { version: string; current_stage: string }) => [
        v.current_stage,
        v.version,
      ]);
    };
    expect((await latest()).sort()).toEqual([
      ["Archived", "1"],
      ["None", "4"],
      ["Staging", "2"],
    ]);
    expect(await latest(["Production"])).toEqual([]);
    expect(await latest(["staging"])).toEqual([["Staging", "2"]]);
    const got = await server.get("registered-models/get-latest-versions", {
      name: "churn",
      stages: ["None", "Staging"],
    });
    expect(got.body.model_versions).toHaveLength(2);
  });

  it("go from Production back to Staging, and are in one at a time", async () => {
    const server = await withVersions(0, { ...POLICY, "models/penguins/model.yaml": SPEC });
    await register(server.ports.registry);
    const ask = { model: "penguins", version: 1, stage: "production", requestedBy: ADA };
    expect(await promoteVersion(server.ports, ask)).toMatchObject({ outcome: "promoted" });
    const back = { name: "penguins", version: "1", stage: "Staging" };
    const answer = await server.post("model-versions/transition-stage", back);
    expect(answer.body.model_version?.current_stage ?? answer.body).toBe("Staging");
    const record = await (await server.ports.registry.snapshot()).model("penguins");
    expect(Object.keys(record?.stages ?? {})).toEqual(["staging"]);
    expect(await findings(server.ports)).toEqual([]);
  });
});

const SPEC = `slipway: 1
task: classification
data: { train: train.csv, test: test.csv, label: species }
train: { run: node train.mjs }
predict: { run: node predict.mjs }
metrics: { accuracy: { metric: accuracy_score } }
`;
