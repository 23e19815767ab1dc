import { GetObjectCommand, HeadObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { SlipwayError } from "../../errors.ts";
import type { DataUri } from "../../spec/data-uri.ts";
import { parseStore } from "../../stores/address.ts";
import { pagesOf } from "../../stores/pages.ts";
import { listedOn } from "../../stores/s3/bucket.ts";
import { openClient } from "../../stores/s3/client.ts";
import { s3Failure, s3FailureWords } from "../../stores/s3/failures.ts";
import { changed, failed, missing } from "./failures.ts";
import { inTime } from "./in-time.ts";
import type { DataAccess, KnownFile, OpenedFile, OpenOptions, RemoteFile, RemotePlace } from "./place.ts";

/**
 * A bucket's objects. A version is the object's version id where the bucket has versions, and its ETag, with quotes, where not.
 * The endpoint is the policy's store's if that is in the same bucket, and otherwise the environment's: a spec names none.
 */
export async function s3Place(access: DataAccess, bucket: string): Promise<RemotePlace> {
  const { env, anonymous, store } = access;
  const own = store === undefined ? undefined : parseStore(store);
  const client = await openClient(own?.scheme === "s3" && own.bucket === bucket ? own : {}, env, { anonymous });
  return {
    versions: true,
    async *list(start: string): AsyncIterable<RemoteFile> {
      const text = `s3://${bucket}/${start}`;
      const read = (ContinuationToken: string | undefined) => {
        const asked = new ListObjectsV2Command({ Bucket: bucket, Prefix: start, ContinuationToken });
        return inTime(text, access, (abortSignal) => client.send(asked, { abortSignal })).catch((error: unknown) => {
          throw refusal({ text }, error, { permission: "s3:ListBucket" });
        });
      };
      const endless = (found: string) =>
        failed(text, { expected: "a list of objects that ends", found, hint: ENDLESS });
      for await (const page of pagesOf(read, listedOn, endless))
        for (const { Key, Size, ETag } of page.Contents ?? [])
          if (Key !== undefined) yield { path: Key, size: Size, version: ETag };
    },
    async look(uri: DataUri, known?: KnownFile) {
      const asked = new HeadObjectCommand({ Bucket: bucket, Key: uri.path });
      const found = await inTime(uri.text, access, (abortSignal) => client.send(asked, { abortSignal })).catch(
        (error) => {
          throw refusal(uri, error, { permission: "s3:GetObject" });
        },
      );
      const about = { path: uri.path, size: found.ContentLength, version: versionOf(found) };
      const isSame = known?.version !== undefined && known.version === about.version && known.size === about.size;
      return isSame ? "same" : about;
    },
    async open(uri: DataUri, { start, version, signal }: OpenOptions): Promise<OpenedFile> {
      const asked = version === undefined ? {} : isETag(version) ? { IfMatch: version } : { VersionId: version };
      const range = start > 0 ? { Range: `bytes=${start}-` } : {};
      const found = await client
        .send(new GetObjectCommand({ Bucket: bucket, Key: uri.path, ...asked, ...range }), { abortSignal: signal })
        .catch((error: unknown) => {
          const permission = "VersionId" in asked ? "s3:GetObjectVersion" : "s3:GetObject";
          throw refusal(uri, error, { permission, version });
        });
      const from = start > 0 && found.ContentRange?.startsWith(`bytes ${start}-`) ? start : 0;
      const length = found.ContentLength;
      return {
        body: found.Body as AsyncIterable<Uint8Array>,
        start: from,
        size: length === undefined ? undefined : from + length,
        version: versionOf(found),
      };
    },
  };
}

const ENDLESS = "Name a longer beginning; if that does not help, look at the server at that endpoint.";
const isETag = (version: string) => version.startsWith('"');

/** A bucket whose versioning is switched off again calls every version `null`. */
function versionOf({
  VersionId,
  ETag,
}: {
  VersionId?: string | undefined;
  ETag?: string | undefined;
}): string | undefined {
  return VersionId !== undefined && VersionId !== "" && VersionId !== "null" ? VersionId : ETag;
}

/** What the SDK has tried again already, and who reads may resume, stays what it is. */
function refusal(
  uri: Pick<DataUri, "text">,
  error: unknown,
  { permission, version }: { permission: string; version?: string | undefined },
): unknown {
  if (error instanceof SlipwayError || (error instanceof Error && error.name === "AbortError")) return error;
  const found = s3FailureWords(error);
  switch (s3Failure(error)) {
    case "missing":
      return version === undefined
        ? missing(uri)
        : changed(uri.text, `version ${version}`, "nothing there, or no such version any more");
    case "moved":
      return changed(uri.text, `version ${version}`, "another version");
    case "no-bucket":
      return failed(uri.text, {
        found,
        hint: "Is there a bucket of that name, at that endpoint (AWS_ENDPOINT_URL_S3)?",
      });
    case "no-credentials":
      return failed(uri.text, {
        found,
        hint: "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or give the machine a role.",
      });
    case "wrong-keys":
      return failed(uri.text, {
        found,
        hint: "Look at AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or at the profile: are they for this endpoint (AWS_ENDPOINT_URL_S3)?",
      });
    case "denied":
    case "expired":
      return failed(uri.text, {
        found,
        hint: `The credentials in use need ${permission} there, and must not have expired.`,
      });
    case "away":
      return error;
    default:
      return failed(uri.text, { found });
  }
}
