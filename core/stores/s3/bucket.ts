import { Readable } from "node:stream";
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { SlipwayError } from "../../errors.ts";
import type { Blob, BlobSource, Blobs, Range, Removal, Stored } from "../blobs.ts";
import { endlessList, pagesOf } from "../pages.ts";
import type { Patience } from "../patience.ts";
import { inPieces } from "../pieces.ts";
import { bytesSource } from "../source.ts";
import { abortOldUploads, digestInParts, pieces, putParts } from "./multipart.ts";
import { PART, PartBuffers } from "./part-buffers.ts";
import { missingBytes, storeRefusal } from "./refusals.ts";
import { untilUnmarked, whileMarked } from "./removing.ts";
import { type BucketAddress, type Environment, Requests } from "./requests.ts";

const MOST_LIST = 64 * 1024 * 1024;
/** Bytes that a copy within a bucket may have. */
const MOST_COPIED = 5 * 1024 ** 3;
/** An object that is younger counts as put now. Garbage collection waits for that much longer. */
const YOUNG = 12 * 60 * 60 * 1_000;
/** Connections in a row that break before any bytes came. */
const BROKEN = 5;
/** Bytes of an object that have to come while patience lasts: a server that drips is given up. */
const PIECE = 256 * 1024;
const DIGEST = /^[0-9a-f]{64}$/;

/** What `bucketBlobs` does by itself: the rest is the same for all buckets. */
export type BucketBlobs = Pick<Blobs, "put" | "open" | "size" | "keep" | "list" | "stored" | "remove">;

/**
 * `PREFIX/sha256/ab/<digest>`: one object per content, a folder's list among them. An object is written only if there is none
 * (`If-None-Match: *`), where the server knows that, and the server checks the SHA-256 of what it gets.
 */
export function bucketBlobs(address: BucketAddress, env: Environment): BucketBlobs {
  const requests = new Requests(address, env);
  const buffers = new PartBuffers();
  const { bucket: Bucket, prefix } = address;
  const top = prefix === "" ? "sha256/" : `${prefix}/sha256/`;
  const keyOf = (sha256: string) => `${top}${sha256.slice(0, 2)}/${sha256}`;
  const at = (sha256: string) => ({ Bucket, Key: keyOf(sha256) });
  const markOf = (sha256: string, patience: Patience) => {
    const Key = `${top.slice(0, -"sha256/".length)}removing/${sha256}`;
    return { requests, patience, at: { Bucket, Key } };
  };

  const head = async (sha256: string, patience: Patience) => {
    const asked = { ...at(sha256), ChecksumMode: "ENABLED" } as const;
    const found = await requests.send(
      patience,
      "s3:GetObject, s3:ListBucket",
      (client, options) => client.send(new HeadObjectCommand(asked), options),
      ["missing"],
    );
    return found === "missing" ? undefined : found;
  };

  /** Whether the same bytes are there, by the server's own checksum or by what `putParts` said of them, and are as good as new. */
  async function isInPlace({ sha256, size }: Blob, patience: Patience): Promise<boolean> {
    const found = await head(sha256, patience);
    const told = found?.Metadata?.["sha256"] ?? hexOf(found?.ChecksumSHA256);
    if (found === undefined || told !== sha256 || found.ContentLength !== size) return false;
    if (found.LastModified !== undefined && Date.now() - found.LastModified.getTime() < YOUNG) return true;
    if (size > MOST_COPIED) return false;
    await touch(sha256, found.Metadata, patience);
    await untilUnmarked(markOf(sha256, patience));
    return (await head(sha256, patience)) !== undefined;
  }

  /** A copy onto itself has today's date. */
  async function touch(
    sha256: string,
    Metadata: Record<string, string> | undefined,
    patience: Patience,
  ): Promise<void> {
    const source = [Bucket, ...keyOf(sha256).split("/")].map(encodeURIComponent).join("/");
    const asked = { ...at(sha256), CopySource: source, ChecksumAlgorithm: "SHA256" } as const;
    const about = { MetadataDirective: "REPLACE", Metadata: { ...Metadata, sha256 } } as const;
    await requests.send(
      patience,
      "s3:GetObject, s3:PutObject",
      (client, options) => client.send(new CopyObjectCommand({ ...asked, ...about }), options),
      ["missing"],
    );
  }

  async function putWhole(
    source: BlobSource,
    blob: Blob,
    ifNone: boolean,
    patience: Patience,
  ): Promise<"put" | "moved"> {
    const { sha256, size } = blob;
    const asked = {
      ...at(sha256),
      ContentLength: size,
      ChecksumSHA256: base64Of(sha256),
      ...(ifNone ? { IfNoneMatch: "*" } : {}),
    };
    const bytes = await inMemory(source);
    const answer = await requests.send(
      patience,
      "s3:PutObject",
      (client, options) => {
        const Body = Readable.from(pieces(bytes, patience), { objectMode: false });
        return client.send(new PutObjectCommand({ ...asked, Body }), options);
      },
      ["moved", "unknown-condition"],
    );
    if (answer === "moved") return "moved";
    if (answer !== "unknown-condition") return "put";
    if (!ifNone) throw new SlipwayError("STORE_FAILED", `The artifact store cannot take an object: ${address.uri}`);
    return putWhole(source, blob, false, patience);
  }

  async function put(source: BlobSource, patience: Patience): Promise<Blob> {
    const { checksums, ...blob } = await digestInParts(source);
    const isLarge = blob.size > PART;
    if (isLarge && (await isInPlace(blob, patience))) return blob;
    const write = (ifNone: boolean) =>
      isLarge
        ? putParts({ requests, patience, buffers, at: at(blob.sha256) }, source, { ...blob, checksums }, ifNone)
        : putWhole(source, blob, ifNone, patience);
    // What stands there and is not the same is mended.
    if ((await write(true)) === "moved" && !(await isInPlace(blob, patience))) await write(false);
    return blob;
  }

  const get = (
    sha256: string,
    { start, end }: { start: number; end: number | undefined },
    patience: Patience,
    etag?: string,
  ) =>
    requests.send(
      patience,
      "s3:GetObject, s3:ListBucket",
      (client, options) => {
        const range =
          start > 0 || end !== undefined ? { Range: `bytes=${start}-${end === undefined ? "" : end - 1}` } : {};
        const same = etag === undefined ? {} : { IfMatch: etag };
        return client.send(new GetObjectCommand({ ...at(sha256), ...range, ...same }), options);
      },
      ["missing"],
    );

  /** The bytes of an opened object; a connection that breaks is taken up again where it was. */
  async function* bytes(
    opened: Exclude<Awaited<ReturnType<typeof get>>, "missing">,
    sha256: string,
    { start = 0, end }: Range,
    patience: Patience,
  ): AsyncGenerator<Buffer> {
    let body = opened.Body as Readable;
    const last = start + (opened.ContentLength ?? Number.POSITIVE_INFINITY);
    let position = start;
    let broken = 0;
    try {
      for (;;) {
        try {
          const chunks = inPieces(body, PIECE);
          for (;;) {
            const next = await patience.call(() => chunks.next());
            if (next.done) break;
            patience.moved();
            position += next.value.length;
            broken = 0;
            yield next.value;
          }
          if (position >= last || last === Number.POSITIVE_INFINITY) return;
          throw new Error("the connection ended early");
        } catch (error) {
          patience.signal.throwIfAborted();
          broken += 1;
          if (error instanceof SlipwayError || position >= last) throw error;
          if (broken === BROKEN) throw storeRefusal(error, address.uri, "s3:GetObject");
        }
        body.destroy();
        const again = await get(sha256, { start: position, end }, patience, opened.ETag);
        if (again === "missing") throw missingBytes(sha256, address.uri);
        body = again.Body as Readable;
      }
    } finally {
      // Also where the reader has had enough.
      body.destroy();
    }
  }

  async function open(sha256: string, range: Range, patience: Patience): Promise<AsyncIterable<Buffer> | undefined> {
    const { start = 0, end } = range;
    // An empty range cannot be asked for, and neither can one behind the end.
    const size = start > 0 || end !== undefined ? await sizeOf(sha256, patience) : Number.POSITIVE_INFINITY;
    if (size === undefined) return undefined;
    if (start >= Math.min(size, end ?? size)) return Readable.from([]);
    const opened = await get(sha256, { start, end }, patience);
    return opened === "missing" ? undefined : bytes(opened, sha256, range, patience);
  }

  async function sizeOf(sha256: string, patience: Patience): Promise<number | undefined> {
    return (await head(sha256, patience))?.ContentLength;
  }

  return {
    put,
    open,
    size: sizeOf,

    async keep(kept, patience) {
      const digest = "file" in kept ? kept.file.sha256 : (await put(bytesSource(kept.list), patience)).sha256;
      return { uri: `s3://${Bucket}/${keyOf(digest)}` };
    },

    async list(sha256, patience) {
      const chunks: Buffer[] = [];
      const opened = await open(sha256, {}, patience);
      if (opened === undefined) return undefined;
      let size = 0;
      for await (const chunk of opened) {
        chunks.push(chunk);
        size += chunk.length;
        if (size > MOST_LIST) break;
      }
      return Buffer.concat(chunks);
    },

    async *stored(patience): AsyncGenerator<Stored> {
      await abortOldUploads({ requests, patience, bucket: Bucket, prefix: top });
      const read = async (ContinuationToken: string | undefined) => {
        const asked = { Bucket, Prefix: top, ContinuationToken };
        return requests.send(patience, "s3:ListBucket", (client, options) =>
          client.send(new ListObjectsV2Command(asked), options),
        );
      };
      for await (const page of pagesOf(read, listedOn, endlessList(address.uri))) {
        patience.moved();
        for (const { Key = "", Size = 0, LastModified } of page.Contents ?? []) {
          const name = Key.slice(Key.lastIndexOf("/") + 1);
          if (DIGEST.test(name) && Key === keyOf(name) && LastModified !== undefined)
            yield { name, is: [name], holds: [], size: Size, put: LastModified };
        }
      }
    },

    async remove({ name }, before, patience): Promise<Removal> {
      if (!DIGEST.test(name)) return { outcome: "removed" };
      return whileMarked(markOf(name, patience), async () => {
        const found = await head(name, patience);
        if (found?.LastModified !== undefined && found.LastModified >= before) return { outcome: "young" };
        if (found !== undefined)
          await requests.send(patience, "s3:DeleteObject", (client, options) =>
            client.send(new DeleteObjectCommand(at(name)), options),
          );
        return { outcome: "removed" };
      });
    },
  };
}

/** How many objects are on a page, and what asks for the next one. */
export function listedOn({ Contents, IsTruncated, NextContinuationToken }: ListObjectsV2CommandOutput) {
  return { names: Contents?.length ?? 0, next: IsTruncated ? NextContinuationToken : undefined };
}

function base64Of(sha256: string): string {
  return Buffer.from(sha256, "hex").toString("base64");
}

/** Of a whole object alone: the checksum of parts ends in their number. */
function hexOf(checksum: string | undefined): string | undefined {
  return checksum === undefined || checksum.includes("-") ? undefined : Buffer.from(checksum, "base64").toString("hex");
}

/** Of what is no larger than a part. */
async function inMemory(source: BlobSource): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of source.open()) chunks.push(chunk);
  return Buffer.concat(chunks);
}
