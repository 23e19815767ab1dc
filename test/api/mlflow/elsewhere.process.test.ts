import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { describe, expect, it, onTestFinished } from "vitest";
import { trackingServer } from "../../../api/mlflow/tracking-server.ts";
import { pullVersion } from "../../../core/acts/pull.ts";
import { ARTIFACTS, testServer } from "./server.ts";

const RUN = "0123456789abcdef0123456789abcdef";
const POLICY = { "slipway.yaml": "slipway: 1\nregister: { imported: [staging] }\n" };

async function withModel(host: Parameters<typeof testServer>[1] = {}) {
  const server = await testServer(POLICY, host);
  await server.post("registered-models/create", { name: "churn" });
  const register = (about: object) => server.post("model-versions/create", { name: "churn", ...about });
  return { ...server, register };
}

describe("what another tracking server has", () => {
  it.each([
    [`runs:/${RUN}/my_model`, { run_id: RUN }],
    [`mlflow-artifacts:/0/${RUN}/artifacts/my_model`, { run_id: RUN }],
    [`mlflow-artifacts://tracking:5000/0/${RUN}/artifacts/my_model`, {}],
    ["models:/m-0d8f31c0e3a64f6d", { model_id: "m-0d8f31c0e3a64f6d" }],
    [`dbfs:/databricks/mlflow/${RUN}/artifacts/my_model`, {}],
    ["s3://bucket/my_model", {}],
  ])("is known by its address: %s", async (source, about) => {
    const server = await withModel();
    const made = await server.register({ source, ...about });
    expect(made.body.model_version).toMatchObject({
      version: "1",
      status: "READY",
      current_stage: "None",
      source,
      ...about,
    });
    const uri = await server.get("model-versions/get-download-uri", { name: "churn", version: "1" });
    expect(uri.body).toEqual({ artifact_uri: source });
    const { manifest } = (await (await server.ports.registry.snapshot()).manifest("churn", 1)) ?? {};
    expect(manifest?.artifact.files).toEqual([]);
  });

  it("goes to no stage that has a gate", async () => {
    const server = await withModel();
    await server.register({ source: `runs:/${RUN}/my_model` });
    const asked = { name: "churn", version: "1", stage: "Production", archive_existing_versions: false };
    const answer = await server.post("model-versions/transition-stage", asked);
    expect(answer).toMatchObject({ status: 403, body: { error_code: "PERMISSION_DENIED" } });
  });

  it("is not pulled: an empty folder would pass for its files", async () => {
    const { ports, register } = await withModel();
    await register({ source: "s3://bucket/my_model" });
    const pulled = pullVersion(ports, { model: "churn", version: 1 }, () => `${ports.workspace.folder}/churn`);
    await expect(pulled).rejects.toMatchObject({ code: "ARTIFACT_NOT_DURABLE" });
  });

  it("is copied by its address", async () => {
    const server = await withModel();
    await server.register({ source: `runs:/${RUN}/my_model` });
    await server.register({ source: "models:/churn/1" });
    const uri = await server.get("model-versions/get-download-uri", { name: "churn", version: "2" });
    expect(uri.body).toEqual({ artifact_uri: `runs:/${RUN}/my_model` });
  });

  it("is not what a run of this server has: of that, nothing was uploaded", async () => {
    const server = await withModel();
    const { body } = await server.post("runs/create", { experiment_id: "0" });
    const answer = await server.register({ source: `runs:/${body.run.info.run_id}/my_model` });
    expect(answer).toMatchObject({ status: 400, body: { error_code: "INVALID_PARAMETER_VALUE" } });
  });
});

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A tracking server at the wire: files by their path, and what was asked of it. */
async function tracking(about: { files?: Record<string, string>; answer?: Answer; maxBytes?: number } = {}) {
  const { files = {}, maxBytes = 1_000 } = about;
  const asked: { path: string; authorization: string | undefined }[] = [];
  const ARTIFACTS = "/api/2.0/mlflow-artifacts/artifacts";
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://x");
    asked.push({ path: pathname, authorization: request.headers.authorization });
    if (about.answer) return about.answer(request, response);
    const json = (value: unknown) => response.end(JSON.stringify(value));
    if (pathname.endsWith("/runs/get"))
      return json({ run: { info: { artifact_uri: `mlflow-artifacts:/0/${searchParams.get("run_id")}/artifacts` } } });
    if (pathname.includes("/logged-models/"))
      return json({ model: { info: { artifact_uri: "mlflow-artifacts:/0/models/m-1/artifacts" } } });
    if (pathname === ARTIFACTS) {
      const below = Object.keys(files).filter((path) => path.startsWith(`${searchParams.get("path")}/`));
      const parts = below.map((path) => path.slice((searchParams.get("path")?.length ?? 0) + 1).split("/"));
      const names = new Map(parts.map(([name = "", ...rest]) => [name, rest.length > 0]));
      return json({ files: [...names].map(([path, is_dir]) => ({ path, is_dir })) });
    }
    const found = files[decodeURIComponent(pathname.slice(ARTIFACTS.length + 1))];
    response.statusCode = found === undefined ? 404 : 200;
    return response.end(found);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  const uri = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  const authorization = "Bearer secret";
  const mlflow = await withModel({ host: { tracking: trackingServer({ uri, authorization, maxBytes }) } });
  const files_ = async () => {
    const { manifest } = (await (await mlflow.ports.registry.snapshot()).manifest("churn", 1)) ?? {};
    return manifest?.artifact.files.map(({ path }) => path);
  };
  return { ...mlflow, uri, asked, files: files_ };
}

const MODEL = { MLmodel: "flavors: {}", "data/model bin.pkl": "bytes" };
const at = (folder: string) =>
  Object.fromEntries(Object.entries(MODEL).map(([path, content]) => [`${folder}/${path}`, content]));

describe("a tracking server that the operator names", () => {
  it.each([
    [`runs:/${RUN}/m`, `0/${RUN}/artifacts/m`],
    [`mlflow-artifacts:/0/${RUN}/artifacts/m`, `0/${RUN}/artifacts/m`],
    [`mlflow-artifacts://elsewhere:1/0/${RUN}/artifacts/m`, `0/${RUN}/artifacts/m`],
    ["models:/m-1", "0/models/m-1/artifacts"],
  ])("gives the bytes of %s, which have a digest from then on", async (source, folder) => {
    const server = await tracking({ files: at(folder) });
    const made = await server.register({ source });
    expect(made.body.model_version).toMatchObject({ status: "READY", source });
    expect(await server.files()).toEqual(Object.keys(MODEL));
    const uri = await server.get("model-versions/get-download-uri", { name: "churn", version: "1" });
    expect(uri.body).toEqual({ artifact_uri: `http://localhost${ARTIFACTS}/registry/churn/1` });
    expect(server.asked.every(({ authorization }) => authorization === "Bearer secret")).toBe(true);
  });

  it("leaves what it keeps in a storage of its own at its address", async () => {
    const answer: Answer = (_, response) =>
      response.end(JSON.stringify({ run: { info: { artifact_uri: "s3://bucket/run" } } }));
    const server = await tracking({ answer });
    await server.register({ source: `runs:/${RUN}/m` });
    expect(await server.files()).toEqual([]);
  });

  const redirect: Answer = (_, response) => response.writeHead(302, { location: "http://169.254.169.254/" }).end();
  const outside: Answer = (request, response) =>
    response.end(
      JSON.stringify(
        request.url?.includes("runs/get")
          ? { run: { info: { artifact_uri: "mlflow-artifacts:/0/r" } } }
          : { files: [{ path: "../../etc", is_dir: false }] },
      ),
    );
  it.each<[string, Parameters<typeof tracking>[0], string]>([
    ["that sends elsewhere", { answer: redirect }, "it sends elsewhere"],
    ["that has no such run", { answer: (_, response) => response.writeHead(404).end("{}") }, "it answered 404"],
    ["that speaks otherwise", { answer: (_, response) => response.end("<html>") }, "its answer is not one of MLflow's"],
    ["that lists files outside of their folder", { answer: outside }, "leads out of their folder"],
    ["that has no files there", {}, "it has no files at"],
    ["that sends more than fits", { files: at(`0/${RUN}/artifacts/m`), maxBytes: 12 }, "more than 12 bytes"],
  ])("%s is refused, and nothing is registered", async (_, about, message) => {
    const server = await tracking(about);
    const answer = await server.register({ source: `runs:/${RUN}/m` });
    expect(answer).toMatchObject({ status: 400, body: { error_code: "INVALID_PARAMETER_VALUE" } });
    expect(answer.body.message).toContain(message);
    expect(await server.files()).toBeUndefined();
  });
});
