import { afterAll, beforeAll, expect, it } from "vitest";
import { type Models, openModels } from "./models.ts";

// MLflow's client on the real App: whoever GitHub says has the token, as the policy's roles let them.
let at: Models;
beforeAll(async () => {
  at = await openModels({ policy: { register: { imported: ["staging"] }, stages: ["staging", "production"] } });
  await at.version(0.9);
});
afterAll(() => at.close());

/** What the App answers to a request as MLflow's client makes it, with somebody's token. */
async function ask(login: string | undefined, method: string, path: string, body?: object | string) {
  const { sandbox, fullName, app } = at.home;
  const token = login && new URL(sandbox.gitUrl(login, fullName)).password;
  const response = await fetch(`${app.url}/mlflow/${fullName}/api/2.0/${path}`, {
    method,
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(typeof body === "object" && { "content-type": "application/json" }),
    },
    ...(body && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever was answered.
  return { status: response.status, text, body: (text.startsWith("{") ? JSON.parse(text) : {}) as any };
}

const staged = { stage: "Production", archive_existing_versions: true };

it("puts a version into Production for who may promote, and opens its deployment", async () => {
  const answer = await ask("rolf", "POST", "mlflow/model-versions/transition-stage", {
    ...{ name: "tiny", version: "1", ...staged },
  });
  expect(answer.body).toMatchObject({ model_version: { current_stage: "Production" } });
  await at.home.settle();
  expect(await at.live()).toBe(1);
  expect(await at.deployments()).toEqual(["tiny 1 → production"]);
  expect(await at.git("log", "-1", "--format=%(trailers:key=Slipway-Actor,valueonly)", "registry")).toMatch(
    /^rolf <rolf> \(github:\d+\)$/,
  );
  const latest = { name: "tiny", stages: ["Production"] };
  const read = await ask("mia", "POST", "mlflow/registered-models/get-latest-versions", latest);
  expect(read.body.model_versions).toMatchObject([{ version: "1" }]);
});

it("takes an upload, registers it, and gives its bytes back", async () => {
  const path = "mlflow-artifacts/artifacts/0/upload/MLmodel";
  expect((await ask("ada", "PUT", path, "flavors: {}\n")).status).toBe(200);
  expect((await ask("ada", "POST", "mlflow/registered-models/create", { name: "handed in" })).status).toBe(200);
  const source = "mlflow-artifacts:/0/upload";
  const made = await ask("ada", "POST", "mlflow/model-versions/create", { name: "handed in", source });
  expect(made.body).toMatchObject({ model_version: { version: "1", status: "READY" } });
  const uri = await ask("mia", "GET", "mlflow/model-versions/get-download-uri?name=handed%20in&version=1");
  const [server, file] = uri.body.artifact_uri.split("/api/2.0/");
  expect(server).toBe(`${at.home.app.url}/mlflow/${at.home.fullName}`);
  expect((await ask("mia", "GET", `${file}/MLmodel`)).text).toBe("flavors: {}\n");
  const refused = await ask("rolf", "POST", "mlflow/model-versions/transition-stage", {
    ...{ name: "handed in", version: "1", ...staged },
  });
  expect(refused).toMatchObject({ status: 403, body: { error_code: "PERMISSION_DENIED" } });
  expect(refused.body.message).toContain("NOT_EVALUATED");
});

it("lets who reads alone change nothing", async () => {
  const before = await at.registry();
  for (const [path, body] of [
    ["mlflow/registered-models/create", { name: "mine" }],
    ["mlflow/registered-models/set-tag", { name: "tiny", key: "a", value: "b" }],
    ["mlflow/model-versions/create", { name: "tiny", source: "s3://mine/model" }],
  ] as const)
    expect(await ask("mia", "POST", path, body)).toMatchObject({ status: 403 });
  expect((await ask("mia", "PUT", "mlflow-artifacts/artifacts/0/mine/MLmodel", "x")).status).toBe(403);
  expect(await at.registry()).toBe(before);
});

it("answers nobody without a token", async () => {
  expect((await ask(undefined, "GET", "mlflow/registered-models/search")).status).toBe(401);
});

it("tells no log of anybody's token", async () => {
  const token = new URL(at.home.sandbox.gitUrl("ada", at.home.fullName)).password;
  await ask("ada", "GET", "mlflow/registered-models/search");
  expect(at.home.log.join("\n")).not.toContain(token);
});
