import { describe, expect, it } from "vitest";
import { LOOPBACK } from "../../../api/known-callers.ts";
import { MlflowError } from "../../../api/mlflow/errors.ts";
import { mlflowApi } from "../../../api/mlflow/http.ts";
import { plainCallers } from "../../../api/mlflow/plain-callers.ts";
import { ADA } from "../../registry/builders.ts";
import { ARTIFACTS, testServer } from "./server.ts";

const API = "/api/2.0/mlflow";

describe("what is sent", () => {
  it.each<[string, RequestInit, string]>([
    ["another content type", { body: '{"name":"x"}', headers: { "content-type": "text/plain" } }, "BAD_REQUEST"],
    ["no JSON", { body: "name=x", headers: { "content-type": "application/json" } }, "INVALID_PARAMETER_VALUE"],
    ["a list", { body: "[]", headers: { "content-type": "application/json" } }, "INVALID_PARAMETER_VALUE"],
    [
      "too much",
      { body: " ".repeat(5 * 1024 * 1024), headers: { "content-type": "application/json" } },
      "INVALID_PARAMETER_VALUE",
    ],
  ])("is refused with 400: %s", async (_, sent, error_code) => {
    const { app } = await testServer();
    const response = await app.request(`${API}/registered-models/create`, { method: "POST", ...sent });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error_code });
  });

  it("may be encoded twice, as old clients do", async () => {
    const { app } = await testServer();
    const response = await app.request(`${API}/registered-models/create`, {
      method: "POST",
      body: JSON.stringify(JSON.stringify({ name: "x" })),
      headers: { "content-type": "application/json; charset=utf-8" },
    });
    expect(response.status).toBe(200);
  });

  it("to no endpoint is answered in JSON, which older clients wait for", async () => {
    const server = await testServer();
    expect(await server.post("model-versions/nothing")).toMatchObject({
      status: 404,
      body: { error_code: "ENDPOINT_NOT_FOUND" },
    });
  });

  it("meets a bug: 500, and nothing of it is told but that there is one", async () => {
    const { host } = await testServer();
    const broken = { ...host, tip: () => Promise.reject(new Error("secret /path")) };
    const seen: unknown[] = [];
    const app = mlflowApi({
      enter: (_, act) => act(broken, { person: ADA }),
      onError: (each) => seen.push(each),
    });
    const response = await app.request(`${API}/registered-models/get?name=x`);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("secret");
    expect(seen).toHaveLength(1);
  });
});

describe("artifacts", () => {
  const put = async (app: Awaited<ReturnType<typeof testServer>>["app"], path: string, body = "x") =>
    app.request(`${ARTIFACTS}/${path}`, { method: "PUT", body });

  async function registered() {
    const server = await testServer();
    await server.post("registered-models/create", { name: "churn" });
    const source = await server.upload("0/r/artifacts/model", {
      MLmodel: "m",
      "data/a b.txt": "hello",
      "data/c/d": "",
    });
    await server.post("model-versions/create", { name: "churn", source });
    return server;
  }

  const list = async ({ app }: { app: Awaited<ReturnType<typeof testServer>>["app"] }, path: string) =>
    (await app.request(`${ARTIFACTS}?path=${encodeURIComponent(path)}`)).json();

  it("of a version are listed by folder, with base names", async () => {
    const server = await registered();
    expect(await list(server, "registry/churn/1")).toEqual({
      files: [
        { path: "MLmodel", is_dir: false, file_size: 1 },
        { path: "data", is_dir: true },
      ],
    });
    expect(await list(server, "registry/churn/1/data")).toEqual({
      files: [
        { path: "a b.txt", is_dir: false, file_size: 5 },
        { path: "c", is_dir: true },
      ],
    });
    expect(await list(server, "registry/churn/1/MLmodel")).toEqual({});
  });

  it("of a version are downloaded, checked against their digest", async () => {
    const { app } = await registered();
    const response = await app.request(`${ARTIFACTS}/registry/churn/1/data/a%20b.txt`);
    expect(await response.text()).toBe("hello");
    expect(response.headers.get("content-disposition")).toBe("attachment");
    expect((await app.request(`${ARTIFACTS}/registry/churn/1/nothing`)).status).toBe(404);
    expect((await app.request(`${ARTIFACTS}/registry/churn/2/MLmodel`)).status).toBe(404);
  });

  it("of a version never change, and are gone with it", async () => {
    const server = await registered();
    expect((await put(server.app, "registry/churn/1/MLmodel")).status).toBe(403);
    expect((await server.app.request(`${ARTIFACTS}/registry/churn/1`, { method: "DELETE" })).status).toBe(403);
    await server.app.request(`${ARTIFACTS}/0/r`, { method: "DELETE" });
    expect((await server.app.request(`${ARTIFACTS}/registry/churn/1/MLmodel`)).status).toBe(200);
    await server.delete("model-versions/delete", { name: "churn", version: "1" });
    expect((await server.app.request(`${ARTIFACTS}/registry/churn/1/MLmodel`)).status).toBe(404);
  });

  it("that were uploaded are listed, read and deleted", async () => {
    const server = await testServer();
    await server.upload("0/r/artifacts", { "a/b.txt": "hello" });
    expect(await list(server, "0/r/artifacts/a")).toEqual({
      files: [{ path: "b.txt", is_dir: false, file_size: 5 }],
    });
    expect(await (await server.app.request(`${ARTIFACTS}/0/r/artifacts/a/b.txt`)).text()).toBe("hello");
    await server.app.request(`${ARTIFACTS}/0/r/artifacts/a`, { method: "DELETE" });
    expect(await list(server, "0/r/artifacts/a")).toEqual({});
  });

  it.each(["..%2f..%2fx", "a//b", "%2fetc%2fpasswd", "a%00b", ".partial/x", "a%5cb", "%"])(
    "have no path %s",
    async (path) => {
      const { app } = await testServer();
      expect((await put(app, path)).status).toBe(400);
      expect((await app.request(`${ARTIFACTS}/${path}`)).status).toBe(400);
    },
  );

  it("are no larger than the limit, and leave nothing half", async () => {
    const server = await testServer({}, { host: { maxUploadBytes: 10 } });
    expect((await put(server.app, "0/r/a", "x".repeat(11))).status).toBe(400);
    expect(await list(server, "0/r")).toEqual({});
  });
});

describe("runs", () => {
  it("have artifacts that a version can be made of", async () => {
    const server = await testServer();
    await server.post("registered-models/create", { name: "churn" });
    const made = await server.post("runs/create", { experiment_id: "0", run_name: "first", start_time: 5 });
    const { run_id, artifact_uri } = made.body.run.info;
    await server.post("runs/log-batch", {
      run_id,
      params: [{ key: "a", value: "1" }],
      metrics: [{ key: "m", value: 0.5 }],
    });
    await server.post("runs/update", { run_id, status: "FINISHED", end_time: 9 });
    const { body } = await server.get("runs/get", { run_id });
    expect(body.run.info).toMatchObject({ run_name: "first", status: "FINISHED", start_time: 5, end_time: 9 });
    expect(body.run.data).toMatchObject({ params: [{ key: "a", value: "1" }], metrics: [{ key: "m", value: 0.5 }] });
    await server.upload(artifact_uri.replace("mlflow-artifacts:/", ""), { "model/MLmodel": "m" });
    const version = await server.post("model-versions/create", { name: "churn", source: `runs:/${run_id}/model` });
    expect(version).toMatchObject({ status: 200, body: { model_version: { run_id } } });
    expect(await server.host.experiments.list("mlflow/runs")).toEqual([`${run_id}.json`]);
  });

  it("are found by their ids alone", async () => {
    const server = await testServer();
    const answer = await server.get("runs/get", { run_id: "../../x" });
    expect(answer).toMatchObject({ status: 404, body: { message: "Run with id=../../x not found" } });
  });
});

describe("who may ask a server of a plain repository", () => {
  const ask = (headers: Record<string, string>, token?: string) =>
    plainCallers({ person: ADA, hosts: LOOPBACK, token })(new Request("http://127.0.0.1:5000/x", { headers }));
  const code = async (headers: Record<string, string>, token?: string) =>
    ask(headers, token).then(
      () => "ok",
      (error: MlflowError) => error.code,
    );

  it.each(["localhost:5000", "127.0.0.1:5000", "[::1]:5000", "LOCALHOST"])("who calls it %s", async (host) => {
    expect(await code({ host })).toBe("ok");
  });

  it.each<Record<string, string>>([
    { host: "evil.example:5000" },
    { host: "127.0.0.1.evil.example" },
    { host: "localhost", origin: "https://evil.example" },
    { host: "localhost", origin: "null" },
    { host: "localhost", "sec-fetch-site": "cross-site" },
  ])("not a page in a browser: %j", async (headers) => {
    expect(await code(headers)).toBe("PERMISSION_DENIED");
  });

  it("who has the token, as Bearer or as a password", async () => {
    const basic = (pair: string) => `Basic ${Buffer.from(pair).toString("base64")}`;
    expect(await code({ host: "localhost", authorization: "Bearer secret" }, "secret")).toBe("ok");
    expect(await code({ host: "localhost", authorization: basic("ada:secret") }, "secret")).toBe("ok");
    for (const authorization of ["Bearer secre", basic("secret:x"), "secret", ""])
      expect(await code({ host: "localhost", authorization }, "secret")).toBe("UNAUTHENTICATED");
  });

  it("and says how to send it", async () => {
    await expect(ask({ host: "localhost" }, "secret")).rejects.toThrow("MLFLOW_TRACKING_TOKEN");
    await expect(ask({ host: "localhost" }, "secret")).rejects.toBeInstanceOf(MlflowError);
  });
});
