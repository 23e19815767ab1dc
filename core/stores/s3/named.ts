import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import type { NamedObjects } from "../named.ts";
import { endlessList, pagesOf } from "../pages.ts";
import { listedOn } from "./bucket.ts";
import { pieces } from "./multipart.ts";
import { type BucketAddress, type Environment, Requests } from "./requests.ts";

/** Objects under `PREFIX/<name>`. A put is one request, whose SHA-256 the server checks. */
export function namedInBucket(address: BucketAddress, env: Environment): Omit<NamedObjects, "patience"> {
  const requests = new Requests(address, env);
  const { bucket: Bucket, prefix } = address;
  const top = prefix === "" ? "" : `${prefix}/`;
  const at = (name: string) => ({ Bucket, Key: `${top}${name}` });

  return {
    async put(name, bytes, patience) {
      const ChecksumSHA256 = createHash("sha256").update(bytes).digest("base64");
      await requests.send(patience, "s3:PutObject", (client, options) => {
        const Body = Readable.from(pieces(bytes, patience), { objectMode: false });
        const asked = { ...at(name), ContentLength: bytes.length, ChecksumSHA256, Body };
        return client.send(new PutObjectCommand(asked), options);
      });
    },

    async get(name, most, patience) {
      return requests
        .send(
          patience,
          "s3:GetObject, s3:ListBucket",
          async (client, options) => {
            const { Body } = await client.send(new GetObjectCommand(at(name)), options);
            const chunks: Buffer[] = [];
            let size = 0;
            // Leaving the loop ends the answer.
            for await (const chunk of Body as Readable) {
              patience.moved();
              chunks.push(chunk);
              size += chunk.length;
              if (size > most) return "too-large" as const;
            }
            return Buffer.concat(chunks);
          },
          ["missing"],
        )
        .then((found) => (found === "missing" ? undefined : found));
    },

    async *list(prefix, patience) {
      const read = async (ContinuationToken: string | undefined) => {
        const asked = { Bucket, Prefix: `${top}${prefix}`, ContinuationToken };
        return requests.send(patience, "s3:ListBucket", (client, options) =>
          client.send(new ListObjectsV2Command(asked), options),
        );
      };
      for await (const page of pagesOf(read, listedOn, endlessList(address.uri))) {
        patience.moved();
        for (const { Key = "" } of page.Contents ?? []) yield Key.slice(top.length);
      }
    },

    async remove(name, patience) {
      await requests.send(patience, "s3:DeleteObject", (client, options) =>
        client.send(new DeleteObjectCommand(at(name)), options),
      );
      return { outcome: "removed" };
    },
  };
}
