import { describe, expect, it } from "vitest";
import { testServer } from "./server.ts";

const MISSING = (name: string) =>
  `Missing value for required parameter '${name}'. See the API docs for more information about request parameters.`;

describe("registered models", () => {
  it("are made, and got as they were made", async () => {
    const server = await testServer();
    const tags = [{ key: "team", value: "crm" }];
    const made = await server.post("registered-models/create", { name: "churn", description: "Who leaves", tags });
    const at = Date.parse("2026-03-01T09:00:00.000Z");
    const model = {
      name: "churn",
      description: "Who leaves",
      tags,
      creation_timestamp: at,
      last_updated_timestamp: at,
    };
    expect(made).toEqual({ status: 200, body: { registered_model: model } });
    expect(await server.get("registered-models/get", { name: "churn" })).toEqual(made);
  });

  it("are made once: 400, as register_model relies on", async () => {
    const server = await testServer();
    await server.post("registered-models/create", { name: "churn" });
    expect(await server.post("registered-models/create", { name: "churn" })).toEqual({
      status: 400,
      body: {
        error_code: "RESOURCE_ALREADY_EXISTS",
        message: "Registered Model (name=churn) already exists.",
        sqlstate: "KAM00",
        error_class: "RESOURCE_ALREADY_EXISTS",
      },
    });
  });

  it.each<[string, unknown, string]>([
    ["no name", {}, MISSING("name")],
    ["an empty name", { name: "" }, MISSING("name")],
    ["a null name", { name: null }, MISSING("name")],
    [
      "a number",
      { name: 3 },
      "Invalid value 3 for parameter 'name' supplied:  Hint: Value was of type 'int'. See the API docs for more information about request parameters.",
    ],
    ["a slash", { name: "a/b" }, "Invalid model name 'a/b'. Names cannot contain '/' or ':'."],
    ["a blank name", { name: " " }, "Missing value for required parameter 'name'."],
    [
      "dots",
      { name: ".." },
      `Invalid value ".." for parameter 'name' supplied: Names may be treated as files in certain cases, and must not resolve to other names when treated as such. This name would resolve to '..'`,
    ],
    [
      "a bad tag",
      { name: "a", tags: [{ key: "k$", value: "v" }] },
      `Invalid value "k$" for parameter 'key' supplied: Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).`,
    ],
  ])("are not made with %s", async (_, body, message) => {
    const server = await testServer();
    const answer = await server.post("registered-models/create", body);
    expect(answer).toMatchObject({ status: 400, body: { error_code: "INVALID_PARAMETER_VALUE", message } });
  });

  it("may be called what neither Git nor GTO could read", async () => {
    const server = await testServer();
    for (const name of ["UpdateRMTest 2", "模型", "a.b"]) {
      expect((await server.post("registered-models/create", { name })).status).toBe(200);
      expect((await server.get("registered-models/get", { name })).body.registered_model.name).toBe(name);
    }
    const { body } = await server.get("registered-models/search");
    expect(body.registered_models.map(({ name }: { name: string }) => name)).toEqual(["UpdateRMTest 2", "a.b", "模型"]);
  });

  it("are not found: 404", async () => {
    const server = await testServer();
    const message = "Registered Model with name=x not found";
    const answer = { status: 404, body: expect.objectContaining({ error_code: "RESOURCE_DOES_NOT_EXIST", message }) };
    expect(await server.get("registered-models/get", { name: "x" })).toEqual(answer);
    expect(await server.patch("registered-models/update", { name: "x", description: "d" })).toEqual(answer);
    expect(await server.post("registered-models/rename", { name: "x", new_name: "y" })).toEqual(answer);
    expect(await server.delete("registered-models/delete", { name: "x" })).toEqual(answer);
    expect(await server.post("registered-models/set-tag", { name: "x", key: "k", value: "v" })).toEqual(answer);
    expect(await server.post("registered-models/get-latest-versions", { name: "x" })).toEqual(answer);
    expect(await server.post("model-versions/create", { name: "x", source: "s3://b" })).toEqual(answer);
  });

  it("are described, and no more", async () => {
    const server = await testServer();
    await server.post("registered-models/create", { name: "churn" });
    const said = await server.patch("registered-models/update", { name: "churn", description: "d" });
    expect(said.body.registered_model.description).toBe("d");
    const unsaid = await server.patch("registered-models/update", { name: "churn", description: "" });
    expect(unsaid.body.registered_model).not.toHaveProperty("description");
  });

  it("are renamed, and found by both names", async () => {
    const server = await testServer();
    await server.post("registered-models/create", { name: "churn" });
    await server.post("registered-models/create", { name: "other" });
    const renamed = await server.post("registered-models/rename", { name: "churn", new_name: "Churn 2" });
    expect(renamed.body.registered_model.name).toBe("Churn 2");
    for (const name of ["churn", "Churn 2"])
      expect((await server.get("registered-models/get", { name })).body.registered_model.name).toBe("Churn 2");
    const taken = await server.post("registered-models/rename", { name: "other", new_name: "Churn 2" });
    expect(taken).toMatchObject({ status: 400, body: { error_code: "RESOURCE_ALREADY_EXISTS" } });
  });

  it("are deleted, made again, and their numbers go on", async () => {
    const server = await testServer();
    await server.post("registered-models/create", { name: "churn", tags: [{ key: "a", value: "b" }] });
    await server.post("model-versions/create", { name: "churn", source: "s3://b/1" });
    expect(await server.delete("registered-models/delete", { name: "churn" })).toEqual({ status: 200, body: {} });
    expect((await server.get("registered-models/get", { name: "churn" })).status).toBe(404);
    expect((await server.get("registered-models/search")).body).toEqual({});
    const again = await server.post("registered-models/create", { name: "churn" });
    expect(again.body.registered_model).not.toHaveProperty("tags");
    expect((await server.get("model-versions/search")).body).toEqual({});
    const version = await server.post("model-versions/create", { name: "churn", source: "s3://b/2" });
    expect(version.body.model_version.version).toBe("2");
    expect((await server.get("model-versions/get", { name: "churn", version: "1" })).status).toBe(404);
  });

  it("have tags, which may be empty", async () => {
    const server = await testServer();
    await server.post("registered-models/create", { name: "churn" });
    for (const value of ["", "v"])
      expect(await server.post("registered-models/set-tag", { name: "churn", key: "k", value })).toEqual({
        status: 200,
        body: {},
      });
    expect((await server.get("registered-models/get", { name: "churn" })).body.registered_model.tags).toEqual([
      { key: "k", value: "v" },
    ]);
    for (const _ of [1, 2])
      expect((await server.delete("registered-models/delete-tag", { name: "churn", key: "k" })).status).toBe(200);
    expect((await server.get("registered-models/get", { name: "churn" })).body.registered_model).not.toHaveProperty(
      "tags",
    );
  });
});

describe("aliases", () => {
  async function withVersions() {
    const server = await testServer();
    await server.post("registered-models/create", { name: "churn" });
    for (const n of [1, 2]) await server.post("model-versions/create", { name: "churn", source: `s3://b/${n}` });
    return server;
  }

  it("lead to a version, until they are taken away", async () => {
    const server = await withVersions();
    const alias = { name: "churn", alias: "champion" };
    expect((await server.post("registered-models/alias", { ...alias, version: "2" })).body).toEqual({});
    expect((await server.get("registered-models/alias", alias)).body.model_version).toMatchObject({
      ...{ version: "2", aliases: ["champion"] },
    });
    const { body } = await server.get("registered-models/get", { name: "churn" });
    expect(body.registered_model.aliases).toEqual([{ alias: "champion", version: "2" }]);
    expect(body.registered_model.latest_versions[0]).not.toHaveProperty("aliases");
    for (const _ of [1, 2]) expect((await server.delete("registered-models/alias", alias)).status).toBe(200);
    expect(await server.get("registered-models/alias", alias)).toMatchObject({
      status: 400,
      body: { error_code: "INVALID_PARAMETER_VALUE", message: "Registered model alias champion not found." },
    });
  });

  it("go with the version that is deleted", async () => {
    const server = await withVersions();
    await server.post("registered-models/alias", { name: "churn", alias: "a", version: "2" });
    await server.delete("model-versions/delete", { name: "churn", version: "2" });
    expect((await server.get("registered-models/alias", { name: "churn", alias: "a" })).status).toBe(400);
  });

  it("have one that is always there", async () => {
    const server = await withVersions();
    const { body } = await server.get("registered-models/alias", { name: "churn", alias: "Latest" });
    expect(body.model_version.version).toBe("2");
  });

  it.each([
    ["latest", "'latest' alias name (case insensitive) is reserved."],
    ["v3", "Version alias name 'v3' is reserved."],
    ["7", "Version alias name '7' is reserved."],
    ["007", "Version alias name '007' is reserved."],
    ["a b", "Invalid alias name: 'a b'. Names may only contain alphanumerics, underscores (_), and dashes (-)."],
    ["x".repeat(256), "'Registered model alias name' exceeds the maximum length of 255 characters"],
  ])("are not %s", async (alias, message) => {
    const server = await withVersions();
    const answer = await server.post("registered-models/alias", { name: "churn", alias, version: "1" });
    expect(answer).toMatchObject({ status: 400, body: { message } });
  });

  it("lead nowhere else", async () => {
    const server = await withVersions();
    const answer = await server.post("registered-models/alias", { name: "churn", alias: "a", version: "9" });
    expect(answer).toMatchObject({
      status: 404,
      body: { message: "Model Version (name=churn, version=9) not found" },
    });
  });
});
