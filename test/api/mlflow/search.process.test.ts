import { describe, expect, it } from "vitest";
import { type TestServer, testServer } from "./server.ts";

const NAMES = ["a", "b", "c", "d", "e"];

async function filled(): Promise<TestServer> {
  const server = await testServer();
  for (const name of NAMES)
    await server.post("registered-models/create", {
      name,
      tags: [{ key: "half", value: name < "c" ? "first" : "second" }],
    });
  for (const name of ["a", "b", "a"])
    await server.post("model-versions/create", { name, source: `s3://b/${name}`, run_id: `run-${name}` });
  return server;
}

type Query = Record<string, string | string[]>;

async function walk(server: TestServer, path: string, query: Query): Promise<string[][]> {
  const pages: string[][] = [];
  for (let page_token = ""; ; ) {
    const { status, body } = await server.get(path, { ...query, ...(page_token ? { page_token } : {}) });
    if (status !== 200) throw new Error(body.message);
    const items = body.registered_models ?? body.model_versions ?? [];
    pages.push(items.map(({ name, version }: { name: string; version?: string }) => `${name}${version ?? ""}`));
    page_token = body.next_page_token ?? "";
    if (page_token === "") return pages;
  }
}

describe("a search", () => {
  it("walks models page by page, and the last page has no token", async () => {
    const server = await filled();
    expect(await walk(server, "registered-models/search", { max_results: "2" })).toEqual([
      ["a", "b"],
      ["c", "d"],
      ["e"],
    ]);
    expect(await walk(server, "registered-models/search", { max_results: "5" })).toEqual([NAMES]);
  });

  it.each<[Query, string[]]>([
    [{ filter: "tags.half = 'second'" }, ["c", "d", "e"]],
    [{ filter: "name LIKE '%' AND tag.`mlflow.prompt.is_prompt` != 'true'" }, NAMES],
    [{ filter: "name IN ('a', 'e', 'x')" }, ["a", "e"]],
    [{ order_by: "name DESC" }, [...NAMES].reverse()],
    [{ order_by: ["last_updated_timestamp DESC", "name ASC"] }, ["a", "b", "c", "d", "e"]],
  ])("finds the models that %j asks for", async (query, names) => {
    expect((await walk(await filled(), "registered-models/search", query)).flat()).toEqual(names);
  });

  it.each<[Query, string[]]>([
    [{}, ["a2", "a1", "b1"]],
    [{ filter: "name = 'a'" }, ["a2", "a1"]],
    [{ filter: "run_id IN ('run-b')" }, ["b1"]],
    [{ filter: "source_path = 's3://b/b'" }, ["b1"]],
    [{ filter: "version_number > 1" }, ["a2"]],
    [{ filter: "name = 'nobody'" }, []],
    [{ order_by: ["name DESC", "version_number ASC"] }, ["b1", "a1", "a2"]],
  ])("finds the versions that %j asks for", async (query, versions) => {
    expect((await walk(await filled(), "model-versions/search", query)).flat()).toEqual(versions);
  });

  it("goes on where it was, whoever writes meanwhile", async () => {
    const server = await filled();
    const query = { max_results: "2", order_by: "last_updated_timestamp DESC" };
    const before = (await walk(server, "registered-models/search", query)).flat();
    const first = await server.get("registered-models/search", query);
    await server.patch("registered-models/update", { name: before[4] as string, description: "newer than all" });
    await server.delete("registered-models/delete", { name: before[0] as string });
    await server.post("registered-models/create", { name: "0" });
    const second = await server.get("registered-models/search", { ...query, page_token: first.body.next_page_token });
    const third = await server.get("registered-models/search", { ...query, page_token: second.body.next_page_token });
    const names = [second, third].flatMap(({ body }) =>
      body.registered_models.map(({ name }: { name: string }) => name),
    );
    expect(names).toEqual(before.slice(2));
  });

  it("leaves out what was deleted", async () => {
    const server = await filled();
    await server.delete("model-versions/delete", { name: "a", version: "2" });
    await server.delete("registered-models/delete", { name: "b" });
    expect((await walk(server, "model-versions/search", {})).flat()).toEqual(["a1"]);
    expect((await walk(server, "registered-models/search", {})).flat()).toEqual(["a", "c", "d", "e"]);
  });

  it.each<[string, Query, string]>([
    ["registered-models/search", { max_results: "1001" }, "It must be at most 1000, but got value 1001"],
    ["model-versions/search", { max_results: "200001" }, "It must be at most 200000, but got value 200001"],
    ["model-versions/search", { max_results: "0" }, "It must be a positive integer, but got 0"],
    ["registered-models/search", { max_results: "x" }, "Invalid value \"x\" for parameter 'max_results' supplied"],
    ["registered-models/search", { filter: "name = 'a' OR name = 'b'" }, "Invalid clause(s) in filter string: OR"],
    ["registered-models/search", { order_by: "size" }, "Invalid order by key 'size' specified."],
    ["registered-models/search", { page_token: "!!" }, "Invalid page token, could not base64-decode"],
  ])("%s refuses %j", async (path, query, message) => {
    const answer = await (await testServer()).get(path, query);
    expect(answer).toMatchObject({ status: 400, body: { error_code: "INVALID_PARAMETER_VALUE" } });
    expect(answer.body.message).toContain(message);
  });
});
