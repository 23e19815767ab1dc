import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { execa } from "execa";
import { expect, it, onTestFinished } from "vitest";
import { program } from "../../tools/servers/programs.ts";
import { registryServer, s3Server } from "../helpers/real-server.ts";

it("starts a registry of images that takes and gives a file", async () => {
  const { host } = await registryServer();
  const oras = async (...args: string[]) =>
    (await execa(program("oras"), args, { cwd: await folderWith("weights") })).stdout;

  await oras("push", "--plain-http", `${host}/acme/models:1`, "model.bin");

  expect(await oras("blob", "fetch", "--plain-http", "--output=-", `${host}/acme/models@${digestOf("weights")}`)).toBe(
    "weights",
  );
});

it("starts an S3 server that takes an object once", async () => {
  const { endpoint, region, accessKeyId, secretAccessKey } = await s3Server();
  const credentials = { accessKeyId, secretAccessKey };
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true, maxAttempts: 1 });
  const put = () => client.send(new PutObjectCommand({ Bucket: "models", Key: "a/b", Body: "1", IfNoneMatch: "*" }));

  await put();

  await expect(put()).rejects.toThrow(/pre-?conditions?/i);
  const { Body } = await client.send(new GetObjectCommand({ Bucket: "models", Key: "a/b" }));
  expect(await Body?.transformToString()).toBe("1");
});

const digestOf = (text: string) => `sha256:${createHash("sha256").update(text).digest("hex")}`;

async function folderWith(text: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "slipway-oras-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(path.join(folder, "model.bin"), text);
  return folder;
}
