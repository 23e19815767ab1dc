import { S3Client } from "@aws-sdk/client-s3";

/**
 * A client of an S3-compatible store, with the usual chain of credentials (environment, profile, web identity, container,
 * instance). Other servers than Amazon's have no host name for each bucket: the bucket stands in the path there.
 */
export function openClient({
  endpoint,
  region,
}: {
  endpoint?: string | undefined;
  region?: string | undefined;
}): S3Client {
  return new S3Client({
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    ...(region === undefined ? {} : { region }),
  });
}
