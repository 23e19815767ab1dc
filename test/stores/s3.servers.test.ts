import { DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { openClient } from "../../core/stores/s3/client.ts";
import { openBucketStore } from "../../core/stores/s3/open.ts";
import { startS3 } from "../../tools/servers/s3.ts";
import { testArtifactStore } from "./artifact-store.ts";

testArtifactStore("S3", async () => {
  const server = await startS3(["models"]);
  const { endpoint, region } = server;
  const env = { AWS_ACCESS_KEY_ID: server.accessKeyId, AWS_SECRET_ACCESS_KEY: server.secretAccessKey };
  const client = await openClient({ endpoint, region }, env);
  const at = (digest: string) => ({ Bucket: "models", Key: `kept/sha256/${digest.slice(0, 2)}/${digest}` });
  const uri = "s3://models/kept";
  return {
    store: openBucketStore({ scheme: "s3", uri, bucket: "models", prefix: "kept", endpoint, region }, env),
    spoil: async (digest) => void (await client.send(new PutObjectCommand({ ...at(digest), Body: "HELLO\n" }))),
    remove: async (digest) => void (await client.send(new DeleteObjectCommand(at(digest)))),
    close: () => server.stop(),
  };
});
