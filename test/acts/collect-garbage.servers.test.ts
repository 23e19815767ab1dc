import { registryServer, s3Server } from "../helpers/real-server.ts";
import { testSharedStore } from "./shared-store.ts";

testSharedStore("a bucket of S3", async () => {
  const { endpoint, region, accessKeyId, secretAccessKey } = await s3Server();
  return {
    choice: { uri: "s3://models/kept", endpoint, region },
    env: { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
  };
});

testSharedStore("a repository of a container registry", async () => ({
  choice: `oci://${(await registryServer()).host}/acme/models`,
}));
