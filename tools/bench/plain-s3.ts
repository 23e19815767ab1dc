import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";

const PART = 8 * 1024 * 1024;
const AT_ONCE = 4;

/** What the SDK's guide shows of an upload: parts from memory, several at once, with a SHA-256 of each. Nothing is checked besides. */
export async function plainPut(client: S3Client, file: string, at: { Bucket: string; Key: string }): Promise<void> {
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ ...at, ChecksumAlgorithm: "SHA256" }));
  const handle = await open(file);
  const { size } = await handle.stat();
  const count = Math.ceil(size / PART);
  const Parts: { PartNumber: number; ETag: string | undefined; ChecksumSHA256: string | undefined }[] = [];
  let next = 0;
  const work = async () => {
    while (next < count) {
      const number = next++;
      const Body = Buffer.alloc(Math.min(PART, size - number * PART));
      await handle.read(Body, 0, Body.length, number * PART);
      const asked = { ...at, UploadId, PartNumber: number + 1, Body, ChecksumAlgorithm: "SHA256" } as const;
      const { ETag, ChecksumSHA256 } = await client.send(new UploadPartCommand(asked));
      Parts[number] = { PartNumber: number + 1, ETag, ChecksumSHA256 };
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  await handle.close();
  await client.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts } }));
}

/** A download that is hashed. */
export async function plainDigest(client: S3Client, at: { Bucket: string; Key: string }): Promise<string> {
  const { Body } = await client.send(new GetObjectCommand(at));
  const hash = createHash("sha256");
  for await (const chunk of Body as AsyncIterable<Buffer>) hash.update(chunk);
  return hash.digest("hex");
}
