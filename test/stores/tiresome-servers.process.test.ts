import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { s3Place } from "../../core/data/remote/s3.ts";
import { openStore } from "../../core/stores/open/open-store.ts";
import { drip } from "./wire.ts";

const KEYS = { AWS_ACCESS_KEY_ID: "k", AWS_SECRET_ACCESS_KEY: "s", AWS_REGION: "us-east-1" };
const SHA256 = "a".repeat(64);
const FILE = { uri: "x", sha256: SHA256, size: 1_000_000 };
const BODY = "x".repeat(FILE.size);

async function served(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const registryAt = (host: string) => openStore(`oci://${host}/acme/models`, "/", {}, { env: {} });
const bucketAt = (host: string) =>
  openStore({ uri: "s3://models/kept", endpoint: `http://${host}` }, "/", {}, { env: KEYS });

const first = async (items: AsyncIterable<unknown>) => {
  for await (const item of items) return item;
};

/** A page of a bucket's list that says there is more, at `token`. */
const page = (token: string) =>
  `<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>${token}</NextContinuationToken>` +
  `<Contents><Key>other/name</Key><Size>1</Size></Contents></ListBucketResult>`;

it("gives up a registry whose tags lead back to their beginning", async () => {
  const host = await served((_, response) => {
    response.setHeader("link", '</v2/acme/models/tags/list?n=1000&last=x>; rel="next"');
    response.end(JSON.stringify({ tags: ["x"] }));
  });
  await expect(first(registryAt(host).list())).rejects.toMatchObject({
    code: "STORE_FAILED",
    problems: [{ found: "a page that leads back to an earlier one", hint: expect.stringContaining("by hand") }],
  });
});

it("gives up a registry whose tags go on without a name", async () => {
  let asked = 0;
  const host = await served((_, response) => {
    response.setHeader("link", `</v2/acme/models/tags/list?last=${asked++}>; rel="next"`);
    response.end(JSON.stringify({ tags: [] }));
  });
  await expect(first(registryAt(host).list())).rejects.toMatchObject({
    problems: [{ found: "100 pages that name nothing and lead on" }],
  });
});

it("gives up a bucket whose list leads back to its beginning", async () => {
  const host = await served(({ url = "" }, response) => {
    response.end(url.includes("uploads") ? "<ListMultipartUploadsResult/>" : page("same"));
  });
  await expect(first(bucketAt(host).list())).rejects.toMatchObject({
    code: "STORE_FAILED",
    problems: [{ found: "a page that leads back to an earlier one" }],
  });
});

it("gives up a bucket of data whose list leads back in a circle", async () => {
  let asked = 0;
  const host = await served((_, response) => void response.end(page(`token-${asked++ % 2}`)));
  const place = await s3Place({ env: { ...KEYS, AWS_ENDPOINT_URL_S3: `http://${host}` } }, "models");
  const all = async () => {
    for await (const _ of place.list?.("x") ?? []);
  };
  await expect(all()).rejects.toMatchObject({
    code: "REMOTE_FAILED",
    problems: [
      { found: "a page that leads back to an earlier one", hint: expect.stringContaining("longer beginning") },
    ],
  });
});

it("gives up a bucket of data whose list drips", async () => {
  const host = await served((_, response) => drip(page("x"), response, 20));
  const env = { ...KEYS, AWS_ENDPOINT_URL_S3: `http://${host}` };
  const place = await s3Place({ env, silence: 200 }, "models");
  await expect(first(place.list?.("x") as AsyncIterable<unknown>)).rejects.toMatchObject({
    code: "REMOTE_FAILED",
    problems: [{ found: "no whole answer" }],
  });
});

it.each([
  ["a registry", registryAt],
  ["a bucket", bucketAt],
])("gives up %s whose bytes drip, though each comes in time", async (_, storeAt) => {
  const host = await served((_, response) => {
    response.writeHead(200, { "content-length": FILE.size });
    drip(BODY, response, 20);
  });
  await expect(storeAt(host).verify(FILE, { timeout: 400 })).rejects.toMatchObject({ code: "STORE_TIMEOUT" });
});

it.each([404, 500])("waits for no end of the words with which a registry answers %d", async (status) => {
  const host = await served((_, response) => {
    response.writeHead(status);
    drip(BODY, response, 20);
  });
  const open = first(registryAt(host).read(FILE, {}, { timeout: 4_000 }));
  const code = status === 404 ? "ARTIFACT_MISSING" : "STORE_UNREACHABLE";
  await expect(open).rejects.toMatchObject({ code });
});
