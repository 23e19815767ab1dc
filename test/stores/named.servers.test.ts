import { openNamedRepository } from "../../core/stores/oci/named.ts";
import { openNamedBucket } from "../../core/stores/s3/open.ts";
import { startRegistry } from "../../tools/servers/registry.ts";
import { startS3 } from "../../tools/servers/s3.ts";
import { testNamedStore } from "./named-store.ts";

testNamedStore("a repository of a container registry", async () => {
  const registry = await startRegistry();
  const { host } = new URL(registry.url);
  const address = { scheme: "oci", uri: `oci://${host}/acme/log`, host, repository: "acme/log", also: [] } as const;
  return { store: openNamedRepository(address, {}), close: () => registry.stop() };
});

testNamedStore("a bucket of S3", async () => {
  const { endpoint, region, accessKeyId, secretAccessKey, stop } = await startS3(["models"]);
  const address = { scheme: "s3", uri: "s3://models/log", bucket: "models", prefix: "log", endpoint, region } as const;
  const env = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
  return { store: openNamedBucket(address, env), close: () => stop() };
});
