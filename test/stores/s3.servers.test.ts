import { DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { openClient } from "../../core/stores/s3/client.ts";
import { openBucketStore } from "../../core/stores/s3/open.ts";
import { startS3 } from "../../tools/servers/s3.ts";
import { testArtifactStore } from "./artifact-store.ts";
import { wireTo } from "./wire.ts";

testArtifactStore(
  "a bucket of S3",
  async () => {
    const server = await startS3(["models"]);
    const wire = await wireTo(server.endpoint);
    const { endpoint, region } = server;
    const env = { AWS_ACCESS_KEY_ID: server.accessKeyId, AWS_SECRET_ACCESS_KEY: server.secretAccessKey };
    const client = await openClient({ endpoint, region }, env);
    const at = (digest: string) => ({ Bucket: "models", Key: `kept/sha256/${digest.slice(0, 2)}/${digest}` });
    const address = { scheme: "s3", uri: "s3://models/kept", bucket: "models", prefix: "kept" } as const;
    return {
      store: openBucketStore({ ...address, endpoint: `http://${wire.host}`, region }, env),
      spoil: async (digest) => void (await client.send(new PutObjectCommand({ ...at(digest), Body: "HELLO\n" }))),
      remove: async (digest) => void (await client.send(new DeleteObjectCommand(at(digest)))),
      wire,
      expire() {
        const body = "<Error><Code>ExpiredToken</Code><Message>The token has expired.</Message></Error>";
        wire.fault({ answer: { status: 400, body }, times: 1_000 });
      },
      async close() {
        await wire.close();
        await server.stop();
      },
    };
  },
  { remote: true, mends: true },
);
