import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { canonicalJson, sha256 } from "../../core/canonical.ts";
import type { Stored } from "../../core/stores/blobs.ts";
import { listFolder } from "../../core/stores/listing.ts";
import { openOciStore } from "../../core/stores/oci/repository.ts";
import { openStore } from "../../core/stores/open/open-store.ts";
import type { ArtifactStore } from "../../core/stores/store.ts";
import { startRegistry } from "../../tools/servers/registry.ts";
import { registryServer } from "../helpers/real-server.ts";
import { testArtifactStore } from "./artifact-store.ts";
import { startTokenServer } from "./token-server.ts";
import { wireTo } from "./wire.ts";

testArtifactStore(
  "a repository of a container registry",
  async () => {
    const tokens = await startTokenServer({ ada: { password: "secret-of-ada", may: ["pull", "push", "delete"] } });
    const registry = await startRegistry({ tokenAuth: tokens.auth });
    const wire = await wireTo(registry.url);
    const uri = `oci://${wire.host}/acme/models`;
    const address = { scheme: "oci", uri, host: wire.host, repository: "acme/models", also: [] } as const;
    const blob = (digest: string) =>
      join(registry.folder, "docker/registry/v2/blobs/sha256", digest.slice(0, 2), digest);
    const own = join(registry.folder, "docker/registry/v2/repositories/acme/models");
    // A folder's list is a manifest, found by its tag.
    const places = (digest: string) => [`_layers/sha256/${digest}`, `_manifests/tags/files-${digest}`];
    return {
      store: openOciStore(address, { env: { SLIPWAY_OCI_USERNAME: "ada", SLIPWAY_OCI_PASSWORD: "secret-of-ada" } }),
      spoil: (digest) => writeFile(join(blob(digest), "data"), "HELLO\n"),
      async remove(digest) {
        for (const place of places(digest)) await rm(join(own, place), { recursive: true, force: true });
      },
      wire,
      expire() {
        const { authorization } = wire.seen.at(-1)?.headers ?? {};
        wire.fault({ when: ({ headers }) => headers.authorization === authorization, forgets: true, times: 1_000 });
      },
      async close() {
        await wire.close();
        await Promise.all([registry.stop(), tokens.stop()]);
      },
    };
  },
  { remote: true, renews: true },
);

async function bare() {
  const folder = await mkdtemp(join(tmpdir(), "slipway-oci-"));
  const registry = await registryServer();
  const wire = await wireTo(registry.url);
  onTestFinished(async () => {
    await wire.close();
    await rm(folder, { recursive: true, force: true });
  });
  await writeFile(join(folder, "file"), "hello\n");
  return {
    folder,
    file: join(folder, "file"),
    wire,
    registry,
    store: openStore(`oci://${wire.host}/acme/models`, "/"),
  };
}

const later = () => new Date(Date.now() + 3 * 24 * 60 * 60 * 1_000);
const until = async (isSo: () => boolean) => {
  while (!isSo()) await sleep(5);
};

it("waits with a put while somebody removes, and puts again what went meanwhile", async () => {
  const { file, wire, store } = await bare();
  const stored = await store.putFile(file);
  const [listed] = await allOf(store.list());
  wire.fault({ when: ({ method }) => method === "DELETE", answer: { status: 503 }, times: 3 });
  const removing = store.remove(listed as Stored, later());
  await until(() => wire.seen.some(({ method }) => method === "DELETE"));
  const putting = store.putFile(file);
  expect(await removing).toEqual({ outcome: "removed" });
  await putting;
  expect(await namesOf(store)).toEqual([listed?.name]);
  expect(await store.verify(stored)).toBe("ok");
});

it("prints what the owner types where a registry lets nobody else delete", async () => {
  const { file, wire, store } = await bare();
  await store.putFile(file);
  const [listed] = await allOf(store.list());
  wire.fault({ when: ({ method }) => method === "DELETE", answer: { status: 405 } });
  expect(await store.remove(listed as Stored, later())).toMatchObject({
    outcome: "owner",
    command: expect.stringContaining(listed?.name ?? ""),
  });
});

it("sends no Authorization behind a redirect to another host", async () => {
  const { file, wire, registry } = await bare();
  const env = { SLIPWAY_OCI_USERNAME: "ada", SLIPWAY_OCI_PASSWORD: "secret-of-ada" };
  const uri = `oci://${wire.host}/acme/models`;
  const store = openStore(uri, "/", {}, { env });
  const stored = await store.putFile(file);
  const other = await wireTo(registry.url);
  onTestFinished(() => other.close());
  const isBlob = ({ method, url }: { method?: string | undefined; url?: string | undefined }) =>
    method === "GET" && (url ?? "").includes("/blobs/");
  const basic = { status: 401, headers: { "www-authenticate": 'Basic realm="x"' } };
  wire.fault({ when: isBlob, answer: basic });
  const location = `http://${other.host}/v2/acme/models/blobs/sha256:${stored.sha256}`;
  wire.fault({ when: isBlob, answer: { status: 307, headers: { location } } });
  expect(await store.verify(stored)).toBe("ok");
  expect(wire.seen.at(-1)?.headers.authorization).toMatch(/^Basic /);
  expect(other.seen).toHaveLength(1);
  expect(other.seen[0]?.headers.authorization).toBeUndefined();
});

it("refuses a token server that is not reached over TLS, and sends it nothing", async () => {
  const { file, wire } = await bare();
  const store = openStore(`oci://${wire.host}/acme/models`, "/", {}, { env: { SLIPWAY_OCI_PASSWORD: "hidden" } });
  const challenge = { "www-authenticate": 'Bearer realm="http://tokens.example/token",service="x"' };
  wire.fault({ answer: { status: 401, headers: challenge }, times: 100 });
  const error = await store.putFile(file).catch((each) => each);
  expect(error).toMatchObject({ code: "STORE_FAILED", problems: [{ found: "http://tokens.example" }] });
  expect(JSON.stringify([error.message, error.problems])).not.toContain("hidden");
});

it("says that it has no credentials where the registry wants some", async () => {
  const { file, wire } = await bare();
  const store = openStore(`oci://${wire.host}/acme/models`, "/", {}, { env: { HOME: "/nowhere" } });
  wire.fault({ answer: { status: 401, headers: { "www-authenticate": 'Basic realm="x"' } }, times: 100 });
  await expect(store.putFile(file)).rejects.toMatchObject({ code: "STORE_NO_CREDENTIALS" });
});

it("takes no more of an answer than it should have", async () => {
  const { wire, store } = await bare();
  const when = ({ url }: { url?: string | undefined }) => (url ?? "").includes("/manifests/");
  wire.fault({ when, answer: { status: 200, body: "x".repeat(5 * 1024 * 1024) }, times: 10 });
  const artifact = { uri: "x", sha256: sha256(canonicalJson([])), size: 0, files: [] };
  await expect(store.has(artifact)).rejects.toMatchObject({
    code: "STORE_FAILED",
    message: expect.stringContaining("large"),
  });
});

it("gets its tokens by a refresh token where Docker's configuration has one, each for what it is needed for", async () => {
  const tokens = await startTokenServer({ ada: { password: "x", may: ["pull", "push"] } });
  const registry = await registryServer({ tokenAuth: tokens.auth });
  const { folder, file } = await bare();
  onTestFinished(() => tokens.stop());
  const auths = { [registry.host]: { identitytoken: "ada" } };
  await writeFile(join(folder, "config.json"), JSON.stringify({ auths }));
  const store = openStore(`oci://${registry.host}/acme/models`, "/", {}, { env: { DOCKER_CONFIG: folder } });
  expect(await store.verify(await store.putFile(file))).toBe("ok");
  expect(tokens.asked).toEqual([
    { scopes: ["repository:acme/models:pull"], user: "ada", grant: "refresh_token" },
    { scopes: ["repository:acme/models:pull,push"], user: "ada", grant: "refresh_token" },
  ]);
});

it("is denied where its credentials may only read", async () => {
  const tokens = await startTokenServer({ eve: { password: "of-eve", may: ["pull"] } });
  onTestFinished(() => tokens.stop());
  const registry = await registryServer({ tokenAuth: tokens.auth });
  const { file } = await bare();
  const env = { SLIPWAY_OCI_USERNAME: "eve", SLIPWAY_OCI_PASSWORD: "of-eve" };
  const store = openStore(`oci://${registry.host}/acme/models`, "/", {}, { env });
  const error = await store.putFile(file).catch((each) => each);
  expect(error).toMatchObject({ code: "STORE_DENIED" });
  expect(JSON.stringify([error.message, error.problems])).not.toContain("of-eve");
});

it("keeps a folder of more files than one manifest can name", async () => {
  const { folder, registry } = await bare();
  const many = join(folder, "many", "a-folder-with-a-rather-long-name".repeat(6));
  await mkdir(many, { recursive: true });
  for (let n = 0; n < 5_000; n++)
    await writeFile(join(many, `part-${n}-${"x".repeat(180)}`), n % 50 === 0 ? `${n}` : "");
  const store = openStore(`oci://${registry.host}/acme/models`, "/");
  const artifact = await store.putFolder(join(folder, "many"));
  expect(await store.has(artifact)).toBe("ok");
  await store.getFolder(artifact, join(folder, "out"));
  expect(sha256(canonicalJson(await listFolder(join(folder, "out"))))).toBe(
    sha256(canonicalJson(await listFolder(join(folder, "many")))),
  );
  const { tags } = (await (await fetch(`${registry.url}/v2/acme/models/tags/list`)).json()) as { tags: string[] };
  expect(tags.filter((tag) => tag.startsWith("kept-")).length).toBeGreaterThan(2);
});

async function allOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function namesOf(store: ArtifactStore): Promise<string[]> {
  return (await allOf(store.list())).map(({ name }) => name);
}
