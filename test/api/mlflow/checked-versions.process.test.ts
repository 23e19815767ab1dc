import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { signersOf } from "../../../core/acts/signers.ts";
import { signingWith } from "../../../core/git/sign.ts";
import { readSigningKey } from "../../../core/git/ssh/private-key.ts";
import { registryOn } from "../../../core/registry/open.ts";
import { makeKey } from "../../git/ssh/keys.ts";
import { promote, register } from "../../registry/builders.ts";
import { gitIn } from "../../registry/repositories.ts";
import { rewriteTip } from "../../registry/tamper.ts";
import { ARTIFACTS, type TestServer, testServer } from "./server.ts";

const MODEL = "models/f9/penguins/model.json";
const VERSION = { name: "penguins", version: "1" };

/** Two versions, the first of which was in production before the second. */
async function served(files: Record<string, string> = {}) {
  const server = await testServer(files);
  const { registry } = server.ports;
  await register(registry);
  const first = await promote(registry, 1);
  await register(registry);
  const second = await promote(registry, 2);
  const { folder } = server.ports.workspace;
  return { ...server, folder, first, second };
}

/** Changes fields of a JSON record; undefined takes one away. */
const edit = (fields: Record<string, unknown>) => (text: string) =>
  `${JSON.stringify({ ...JSON.parse(text), ...fields }, null, 2)}\n`;

const refused = (code: string) => ({
  status: 403,
  body: { error_code: "PERMISSION_DENIED", message: expect.stringContaining(`[${code}]`) },
});

/** What each way to a version's files answers. */
async function waysTo({ get, post, app }: TestServer, version: string) {
  const files = await app.request(`${ARTIFACTS}/registry/penguins/${version}/m`);
  return Promise.all([
    get("model-versions/get-download-uri", { name: "penguins", version }),
    get("runs/get", { run_id: `penguins-${version}` }),
    post("model-versions/create", { name: "penguins", source: `models:/penguins/${version}` }),
    { status: files.status, body: await files.json() },
  ]);
}

describe("a version that is not what the registry wrote", () => {
  it("is handed out by no way where its manifest was edited", async () => {
    const server = await served();
    await rewriteTip(server.folder, {
      "models/f9/penguins/versions/1.json": edit({ seed: 8 }),
    });
    for (const answer of await waysTo(server, "1")) expect(answer).toMatchObject(refused("TAG_UNTRUSTED"));
  });

  it("is shown as failed, with the reason, and without a source", async () => {
    const server = await served();
    await rewriteTip(server.folder, {
      "models/f9/penguins/versions/1.json": edit({ seed: 8 }),
    });
    const { body } = await server.get("model-versions/get", VERSION);
    expect(body.model_version).toMatchObject({
      status: "FAILED_REGISTRATION",
      status_message: expect.stringContaining("The tag of penguins version 1 is forged"),
    });
    expect(body.model_version.source).toBeUndefined();
    const found = await server.get("model-versions/search", { filter: "name = 'penguins'" });
    expect(found.body.model_versions.map((each: { status: string }) => each.status)).toEqual([
      "READY",
      "FAILED_REGISTRATION",
    ]);
  });

  it("is not served where its manifest is another number's", async () => {
    const server = await served();
    const second = `${await gitIn(server.folder, "show", "registry:models/f9/penguins/versions/2.json")}\n`;
    await rewriteTip(server.folder, { "models/f9/penguins/versions/1.json": () => second });
    for (const answer of await waysTo(server, "1")) expect(answer).toMatchObject(refused("RECORD_FORGED"));
  });

  it("is not served where it is a number that nobody registered", async () => {
    const server = await served();
    const first = `${await gitIn(server.folder, "show", "registry:models/f9/penguins/versions/1.json")}\n`;
    await rewriteTip(server.folder, {
      "models/f9/penguins/versions/3.json": () => first,
      [MODEL]: edit({ latest_version: 3 }),
    });
    for (const answer of await waysTo(server, "3")) expect(answer).toMatchObject(refused("RECORD_FORGED"));
  });

  it("is not served where its tag is another's", async () => {
    const server = await served();
    await gitIn(server.folder, "tag", "-f", "penguins@v1.0.0", "penguins@v2.0.0");
    for (const answer of await waysTo(server, "1")) expect(answer).toMatchObject(refused("TAG_UNTRUSTED"));
  });

  it("is not served once it was withdrawn, whatever model.json says since", async () => {
    const server = await served();
    await server.delete("model-versions/delete", VERSION);
    await rewriteTip(server.folder, { [MODEL]: edit({ withdrawn: undefined }) });
    for (const answer of await waysTo(server, "1")) expect(answer).toMatchObject(refused("RECORD_FORGED"));
  });

  it("is not found by an alias that leads to it, or to nothing", async () => {
    const server = await served();
    await rewriteTip(server.folder, {
      [MODEL]: edit({ aliases: { first: 1, none: 9 } }),
      "models/f9/penguins/versions/1.json": edit({ seed: 8 }),
    });
    const byAlias = (alias: string) => server.get("registered-models/alias", { name: "penguins", alias });
    expect(await byAlias("first")).toMatchObject(refused("TAG_UNTRUSTED"));
    expect(await byAlias("none")).toMatchObject({ status: 400 });
  });
});

describe("a stage that no decision filled", () => {
  const inProduction = ({ post }: TestServer) =>
    post("registered-models/get-latest-versions", { name: "penguins", stages: ["Production"] });

  it.each<[string, (about: Awaited<ReturnType<typeof served>>) => Record<string, unknown>]>([
    ["another version", ({ second }) => ({ version: 1, assignment: 2, decision: second.id, at: second.decided_at })],
    ["an older decision", ({ first }) => ({ version: 1, assignment: 1, decision: first.id, at: first.decided_at })],
    [
      "none that there is",
      ({ second }) => ({ version: 1, assignment: 3, decision: "f".repeat(16), at: second.decided_at }),
    ],
  ])("by hand, %s, is not served", async (_, production) => {
    const server = await served();
    await rewriteTip(server.folder, {
      [MODEL]: edit({ stages: { production: production(server) } }),
    });
    expect(await inProduction(server)).toMatchObject(refused("RECORD_FORGED"));
    const { body } = await server.get("registered-models/get", { name: "penguins" });
    const stages = body.registered_model.latest_versions.map((each: { current_stage: string }) => each.current_stage);
    expect(stages).not.toContain("Production");
  });

  it("but another model's did, is not served", async () => {
    const server = await served();
    await register(server.ports.registry, "finches");
    const other = `${await gitIn(server.folder, "show", `registry:models/f9/penguins/promotions/${server.first.id}.json`)}\n`;
    const held = { version: 1, assignment: 1, decision: server.first.id, at: server.first.decided_at };
    await rewriteTip(server.folder, {
      [`models/df/finches/promotions/${server.first.id}.json`]: () => other,
      "models/df/finches/model.json": edit({ stages: { production: held } }),
    });
    const asked = { name: "finches", stages: ["Production"] };
    expect(await server.post("registered-models/get-latest-versions", asked)).toMatchObject(refused("RECORD_FORGED"));
  });

  it("but a decision that was edited did, is not served", async () => {
    const server = await served();
    await rewriteTip(server.folder, {
      [`models/f9/penguins/promotions/${server.second.id}.json`]: edit({ reason: "because" }),
    });
    expect(await inProduction(server)).toMatchObject(refused("TAG_UNTRUSTED"));
  });

  it("is served again once it says what was decided", async () => {
    const server = await served();
    await rewriteTip(server.folder, { [MODEL]: edit({ stages: {} }) });
    expect(await inProduction(server)).toMatchObject(refused("RECORD_FORGED"));
    await gitIn(server.folder, "update-ref", "refs/heads/registry", "registry^");
    expect((await inProduction(server)).body.model_versions).toMatchObject([{ version: "2" }]);
  });
});

describe("where the policy names signers", () => {
  async function signed() {
    const key = await makeKey();
    const policy = `slipway: 1\nsigners:\n  - { name: app, key: "${key.text}" }\n`;
    const server = await testServer({ "slipway.yaml": policy });
    const { objects } = server.ports;
    const own = readSigningKey(key.secret);
    const signing = { key: async () => signingWith(own), signers: signersOf({ objects, remote: undefined }) };
    const registry = await registryOn(objects, undefined, signing);
    await register(registry);
    return { server, registry, folder: server.ports.workspace.folder };
  }
  const download = ({ get }: TestServer, version = "1") =>
    get("model-versions/get-download-uri", { name: "penguins", version });

  it("what one of them signed is served", async () => {
    const { server } = await signed();
    expect(await download(server)).toMatchObject({ status: 200 });
  });

  it("what nobody signed is not", async () => {
    const { server } = await signed();
    await register(server.ports.registry);
    expect(await download(server, "2")).toMatchObject(refused("TAG_UNTRUSTED"));
  });

  it("a version whose tag is missing is not, until it is there again", async () => {
    const { server, folder } = await signed();
    const tag = await gitIn(folder, "rev-parse", "refs/tags/penguins@v1.0.0");
    await gitIn(folder, "update-ref", "-d", "refs/tags/penguins@v1.0.0");
    expect(await download(server)).toMatchObject(refused("TAG_UNTRUSTED"));
    await gitIn(folder, "update-ref", "refs/tags/penguins@v1.0.0", tag);
    expect(await download(server)).toMatchObject({ status: 200 });
  });

  it("what they signed is not, once the policy names others", async () => {
    const { server, folder } = await signed();
    expect(await download(server)).toMatchObject({ status: 200 });
    const other = `slipway: 1\nsigners:\n  - { name: other, key: "${(await makeKey()).text}" }\n`;
    await rewriteMain(folder, other);
    expect(await download(server)).toMatchObject(refused("TAG_UNTRUSTED"));
  });
});

async function rewriteMain(folder: string, policy: string): Promise<void> {
  await writeFile(join(folder, "slipway.yaml"), policy);
  await gitIn(folder, "add", "slipway.yaml");
  await gitIn(folder, "commit", "--quiet", "--message=others");
}
