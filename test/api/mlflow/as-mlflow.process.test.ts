import { describe, expect, it } from "vitest";
import { jsonBody } from "../../../api/mlflow/json-body.ts";
import { ARTIFACTS, testServer } from "./server.ts";

const CREATE = "/api/2.0/mlflow/registered-models/create";

async function withModels() {
  const server = await testServer();
  for (const name of ["a", "b", "c"]) await server.post("registered-models/create", { name });
  return server;
}

describe("a body that is no request", () => {
  const nested = `{"name": ${"[".repeat(200_000)}${"]".repeat(200_000)}}`;
  it.each<[string, string | Uint8Array<ArrayBuffer>]>([
    ["malformed", "{nope"],
    ["a list", "[1]"],
    ["not UTF-8", new Uint8Array([...Buffer.from('{"name": "'), 0xff, ...Buffer.from('"}')])],
    ["200,000 levels deep", nested],
    ["200,000 levels deep, in a text", JSON.stringify(nested)],
    ["never closed", "[".repeat(200_000)],
  ])("%s is INVALID_PARAMETER_VALUE", async (_, body) => {
    const { app } = await testServer();
    const headers = { "content-type": "application/json" };
    const response = await app.request(CREATE, { method: "POST", headers, body });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error_code: "INVALID_PARAMETER_VALUE" });
  });

  /** Sends a piece every ten milliseconds, for ever. */
  const slow = (piece: string) =>
    new ReadableStream<Uint8Array>({
      async pull(controller) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        controller.enqueue(Buffer.from(piece));
      },
    });
  const request = (body: ReadableStream) =>
    new Request("http://localhost", { method: "POST", body, duplex: "half" } as RequestInit);

  it("too slow is given up", async () => {
    const asked = jsonBody(request(slow(" ")), { grace: 50, rate: 1_000_000 });
    await expect(asked).rejects.toThrow("came too slowly");
  });

  it("too slow is no upload either, and leaves nothing", async () => {
    const { app, get } = await testServer({}, { host: { uploadPatience: { grace: 50, rate: 1_000_000 } } });
    const sent = { method: "PUT", body: slow("x"), duplex: "half" } as RequestInit;
    const response = await app.request(`${ARTIFACTS}/0/r/artifacts/file`, sent);
    expect(response.status).toBe(400);
    expect((await get("artifacts/list", { run_id: "r" })).body.files).toBeUndefined();
  });
});

describe("as MLflow's own server does", () => {
  it.each(["name = 'a';", ";"])("a filter with a semicolon is refused: %s", async (filter) => {
    const { get } = await withModels();
    const answer = await get("registered-models/search", { filter });
    expect(answer.body.message).toBe("Invalid clause(s) in filter string: ;");
  });

  it("a semicolon inside of quotes is a text", async () => {
    const { get } = await withModels();
    expect(await get("registered-models/search", { filter: "name = 'a;b'" })).toEqual({ status: 200, body: {} });
  });

  it("a page token goes on in another order", async () => {
    const { get } = await withModels();
    const page = (order: string, page_token = "") =>
      get("registered-models/search", { max_results: "1", order_by: [order], page_token });
    const { next_page_token } = (await page("name ASC")).body;
    const names = async (order: string) =>
      (await page(order, next_page_token)).body.registered_models.map(({ name }: { name: string }) => name);
    expect(await names("name ASC")).toEqual(["b"]);
    expect(await names("name DESC")).toEqual(["b"]);
    expect(await names("last_updated_timestamp DESC")).toHaveLength(1);
  });

  it("letters of every language may be in aliases and tags", async () => {
    const { get, post } = await withModels();
    await post("model-versions/create", { name: "a", source: "s3://b/c" });
    expect(await post("registered-models/alias", { name: "a", alias: "größe", version: "1" })).toMatchObject({
      status: 200,
    });
    expect(await post("registered-models/set-tag", { name: "a", key: "größe", value: "ü" })).toMatchObject({
      status: 200,
    });
    const found = await get("registered-models/alias", { name: "a", alias: "größe" });
    expect(found.body.model_version).toMatchObject({ version: "1", aliases: ["größe"] });
    expect((await get("registered-models/get", { name: "a" })).body.registered_model.tags).toEqual([
      { key: "größe", value: "ü" },
    ]);
  });

  it("raw numbers in a list of tags are taken, and one alone is not", async () => {
    const { post } = await withModels();
    const made = await post("model-versions/create", { name: "a", source: "s3://b/c", tags: [{ key: "k", value: 3 }] });
    expect(made.body.model_version.tags).toEqual([{ key: "k", value: "3" }]);
    expect(await post("registered-models/set-tag", { name: "a", key: "k", value: 3 })).toMatchObject({ status: 400 });
  });

  it("a description that nobody set is empty", async () => {
    const { post } = await withModels();
    const made = await post("model-versions/create", { name: "a", source: "s3://b/c" });
    expect(made.body.model_version.description).toBe("");
  });
});

describe("an uploaded name", () => {
  it.each([
    ["of 300 bytes", "n".repeat(300)],
    ["of a path of 2,000 bytes", Array.from({ length: 20 }, () => "n".repeat(100)).join("/")],
  ])("%s is refused, and is no failure of the server", async (_, name) => {
    const { app } = await testServer();
    const response = await app.request(`${ARTIFACTS}/0/${name}`, { method: "PUT", body: "x" });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error_code: "INVALID_PARAMETER_VALUE" });
  });
});
