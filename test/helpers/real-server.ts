import { onTestFinished } from "vitest";
import { type OciRegistry, startRegistry, type TokenAuth } from "../../tools/servers/registry.ts";
import { type S3Server, startS3 } from "../../tools/servers/s3.ts";

/** A registry for this test; with `tokenAuth` it wants tokens that the test's own token server signs. */
export async function registryServer(options: { tokenAuth?: TokenAuth; port?: number } = {}): Promise<OciRegistry> {
  const server = await startRegistry(options);
  onTestFinished(() => server.stop());
  return server;
}

/** An S3 server for this test, with a bucket `models` unless others are named. */
export async function s3Server(buckets: readonly string[] = ["models"]): Promise<S3Server> {
  const server = await startS3(buckets);
  onTestFinished(() => server.stop());
  return server;
}
