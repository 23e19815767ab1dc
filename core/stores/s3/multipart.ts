import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { SlipwayError } from "../../errors.ts";
import type { Blob, BlobSource } from "../blobs.ts";
import { endlessList, pagesOf } from "../pages.ts";
import type { Patience } from "../patience.ts";
import { PART, type PartBuffers } from "./part-buffers.ts";
import type { Requests } from "./requests.ts";

const PIECE = 256 * 1024;
const DAY = 24 * 60 * 60 * 1_000;

interface Target {
  requests: Requests;
  patience: Patience;
  buffers: PartBuffers;
  at: { Bucket: string; Key: string };
}

type Place = Omit<Target, "buffers">;

/**
 * Puts a blob in parts, and goes on with what an earlier process brought of it. The server holds each part against the SHA-256
 * that it had when the whole was hashed, so that the object is the blob. `moved`: there is an object already.
 */
export async function putParts(
  target: Target,
  source: BlobSource,
  parts: Parts,
  ifNone: boolean,
): Promise<"put" | "moved"> {
  const begun = await beginUpload(target, parts);
  const brought = await bringParts(target, source, parts, begun);
  const answer = await complete(target, begun.uploadId, brought, ifNone);
  if (answer === "moved") await abort(target, begun.uploadId);
  return answer;
}

/** A blob, with the SHA-256 of each of its parts in base64, by number. */
export interface Parts extends Blob {
  checksums: ReadonlyMap<number, string>;
}

/** Hashes a source's parts while the whole is hashed. */
export async function digestInParts(source: BlobSource): Promise<Parts> {
  const checksums = new Map<number, string>();
  let hash = createHash("sha256");
  let filled = 0;
  const close = () => {
    checksums.set(checksums.size + 1, hash.digest("base64"));
    hash = createHash("sha256");
    filled = 0;
  };
  const look = (chunk: Buffer) => {
    for (let used = 0; used < chunk.length; ) {
      const piece = chunk.subarray(used, used + PART - filled);
      hash.update(piece);
      used += piece.length;
      filled += piece.length;
      if (filled === PART) close();
    }
  };
  const blob = await source.digest(look);
  // Somebody has asked before.
  if (blob.size > 0 && filled === 0 && checksums.size === 0) for await (const chunk of source.open()) look(chunk);
  if (filled > 0) close();
  return { ...blob, checksums };
}

interface Upload {
  uploadId: string;
  /** By number: what the server has. */
  there: Map<number, { etag: string; checksum: string }>;
}

async function beginUpload({ requests, patience, at }: Place, { sha256 }: Blob): Promise<Upload> {
  const uploadId = await latestUpload({ requests, patience, at });
  if (uploadId !== undefined) {
    const there = await listParts({ requests, patience, at }, uploadId);
    if (there !== undefined) return { uploadId, there };
  }
  const asked = { ...at, ChecksumAlgorithm: "SHA256", Metadata: { sha256 } } as const;
  const { UploadId } = await requests.send(patience, "s3:PutObject", (client, options) =>
    client.send(new CreateMultipartUploadCommand(asked), options),
  );
  if (UploadId === undefined) throw new SlipwayError("STORE_FAILED", "The artifact store began no upload");
  return { uploadId: UploadId, there: new Map() };
}

/** The newest upload of the object that another process has begun: the same key is the same bytes, in the same parts. */
async function latestUpload({ requests, patience, at }: Place): Promise<string | undefined> {
  const asked = { Bucket: at.Bucket, Prefix: at.Key, MaxUploads: 100 };
  const found = await requests.send(
    patience,
    "s3:ListBucketMultipartUploads",
    (client, options) => client.send(new ListMultipartUploadsCommand(asked), options),
    ["missing", "unknown-condition"],
  );
  if (typeof found === "string") return undefined;
  const own = (found.Uploads ?? []).filter(({ Key, Initiated }) => Key === at.Key && !isOld(Initiated));
  const byAge = own.sort((a, b) => Number(b.Initiated ?? 0) - Number(a.Initiated ?? 0));
  return byAge[0]?.UploadId;
}

async function listParts({ requests, patience, at }: Place, UploadId: string): Promise<Upload["there"] | undefined> {
  const there: Upload["there"] = new Map();
  const read = (PartNumberMarker: string | undefined) =>
    requests.send(
      patience,
      "s3:ListMultipartUploadParts",
      (client, options) => client.send(new ListPartsCommand({ ...at, UploadId, PartNumberMarker }), options),
      ["missing"],
    );
  const tell = (page: Awaited<ReturnType<typeof read>>) =>
    page === "missing"
      ? { names: 0, next: undefined }
      : { names: page.Parts?.length ?? 0, next: page.IsTruncated ? page.NextPartNumberMarker : undefined };
  for await (const page of pagesOf(read, tell, endlessList(`s3://${at.Bucket}/${at.Key}`))) {
    if (page === "missing") return undefined;
    patience.moved();
    for (const { PartNumber, ETag, ChecksumSHA256 } of page.Parts ?? [])
      if (PartNumber !== undefined && ETag !== undefined && ChecksumSHA256 !== undefined)
        there.set(PartNumber, { etag: ETag, checksum: ChecksumSHA256 });
  }
  return there;
}

/** Reads the source once, part by part in order, and brings those that the server has not got, several at once. */
async function bringParts(target: Target, source: BlobSource, parts: Parts, upload: Upload): Promise<CompletedPart[]> {
  const done = new Map<number, CompletedPart>();
  for (const [number, checksum] of parts.checksums.entries()) {
    const known = upload.there.get(number);
    if (known?.checksum === checksum)
      done.set(number, { PartNumber: number, ETag: known.etag, ChecksumSHA256: checksum });
  }
  const onTheirWay = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const bring = async (number: number, bytes: Buffer) => {
    const checksum = parts.checksums.get(number);
    if (checksum === undefined) throw changed();
    const ETag = await sendPart(target, upload.uploadId, { number, bytes, checksum });
    done.set(number, { PartNumber: number, ETag, ChecksumSHA256: checksum });
  };
  try {
    for await (const { number, buffer, filled } of partsOf(source, parts, target.buffers)) {
      if (done.has(number)) {
        target.buffers.giveBack(buffer);
        continue;
      }
      const sent: Promise<void> = bring(number, buffer.subarray(0, filled))
        .catch((error) => void failures.push(error))
        .finally(() => {
          onTheirWay.delete(sent);
          target.buffers.giveBack(buffer);
        });
      onTheirWay.add(sent);
      if (failures.length > 0) break;
    }
  } finally {
    await Promise.all(onTheirWay);
  }
  if (failures.length > 0) throw failures[0];
  if (done.size !== parts.checksums.size) throw changed();
  return [...done.values()].sort((a, b) => (a.PartNumber ?? 0) - (b.PartNumber ?? 0));
}

function changed(): SlipwayError {
  return new SlipwayError("STORE_FAILED", "A file changed while it was being stored", {
    hint: "Let nothing write it meanwhile, and try again.",
  });
}

/** Each part in a buffer of its own, which the reader gives back. */
async function* partsOf(source: BlobSource, { size }: Parts, buffers: PartBuffers) {
  let number = 1;
  let filled = 0;
  let buffer: Buffer<ArrayBuffer> | undefined;
  try {
    for await (const chunk of source.open({ end: size })) {
      for (let used = 0; used < chunk.length; ) {
        buffer ??= await buffers.take();
        const copied = chunk.copy(buffer, filled, used);
        used += copied;
        filled += copied;
        if (filled < PART) continue;
        const part = { number: number++, buffer, filled };
        [buffer, filled] = [undefined, 0];
        yield part;
      }
    }
    if (buffer === undefined) return;
    const last = { number, buffer, filled };
    buffer = undefined;
    yield last;
  } finally {
    if (buffer !== undefined) buffers.giveBack(buffer);
  }
}

async function sendPart(
  { requests, patience, at }: Place,
  UploadId: string,
  { number, bytes, checksum }: { number: number; bytes: Buffer; checksum: string },
): Promise<string> {
  const asked = { ...at, UploadId, PartNumber: number, ContentLength: bytes.length, ChecksumSHA256: checksum };
  const { ETag } = await requests.send(patience, "s3:PutObject", (client, options) =>
    client.send(
      new UploadPartCommand({ ...asked, Body: Readable.from(pieces(bytes, patience), { objectMode: false }) }),
      options,
    ),
  );
  if (ETag === undefined)
    throw new SlipwayError("STORE_FAILED", "The artifact store took a part and named it by nothing");
  return ETag;
}

/** Bytes on their way out: each piece is a sign of life. */
export function* pieces(bytes: Buffer, patience: Patience): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += PIECE) {
    patience.moved();
    yield bytes.subarray(at, at + PIECE);
  }
}

async function complete(
  { requests, patience, at }: Place,
  UploadId: string,
  Parts: CompletedPart[],
  ifNone: boolean,
): Promise<"put" | "moved"> {
  const asked = { ...at, UploadId, MultipartUpload: { Parts }, ...(ifNone ? { IfNoneMatch: "*" } : {}) };
  const answer = await requests.send(
    patience,
    "s3:PutObject",
    (client, options) => client.send(new CompleteMultipartUploadCommand(asked), options),
    ["moved", "unknown-condition", "missing"],
  );
  if (answer === "unknown-condition" && ifNone) return complete({ requests, patience, at }, UploadId, Parts, false);
  // Another process completed the same upload.
  return answer === "moved" || answer === "missing" ? "moved" : "put";
}

async function abort({ requests, patience, at }: Place, UploadId: string): Promise<void> {
  await requests.send(
    patience,
    "s3:AbortMultipartUpload",
    (client, options) => client.send(new AbortMultipartUploadCommand({ ...at, UploadId }), options),
    ["missing"],
  );
}

/** Nobody goes on with it: it may be ended any moment. */
function isOld(begun: Date | undefined): boolean {
  return Date.now() - Number(begun ?? Date.now()) >= DAY;
}

/** Ends uploads below a prefix that nobody goes on with any more: their parts cost money, and no list of objects shows them. */
export async function abortOldUploads(about: {
  requests: Requests;
  patience: Patience;
  bucket: string;
  prefix: string;
}): Promise<void> {
  const { requests, patience, bucket, prefix } = about;
  const asked = { Bucket: bucket, Prefix: prefix };
  const found = await requests.send(
    patience,
    "s3:ListBucketMultipartUploads",
    (client, options) => client.send(new ListMultipartUploadsCommand(asked), options),
    ["unknown-condition"],
  );
  if (found === "unknown-condition") return;
  for (const { Key, UploadId, Initiated } of found.Uploads ?? []) {
    if (Key === undefined || UploadId === undefined || !isOld(Initiated)) continue;
    await abort({ requests, patience, at: { Bucket: bucket, Key } }, UploadId);
  }
}
