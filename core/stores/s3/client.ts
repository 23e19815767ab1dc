import { S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";

type Environment = Readonly<Record<string, string | undefined>>;

/** Where a bucket is, as far as anybody said so. */
export interface BucketPlace {
  endpoint?: string | undefined;
  region?: string | undefined;
}

// Which SDK goes with which Node is decided in Slipway's package.json: a user could do nothing about its warning.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

const silent = () => {};

/** Milliseconds that a connection may take, and that one may be silent. */
const CONNECTION = 10_000;
const SILENCE = 60_000;

/**
 * A client of an S3-compatible store. Keys in `env` come first (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN),
 * then the SDK's usual chain: profile, web identity, container, instance. Where nobody says the endpoint or the region, `env`
 * does (AWS_ENDPOINT_URL_S3, AWS_REGION). Other servers than Amazon's have no host name for each bucket: the bucket stands in
 * the path there. An `anonymous` one has no keys and signs nothing.
 */
export async function openClient(
  place: BucketPlace,
  env: Environment,
  { anonymous = false, ...more }: Pick<S3ClientConfig, "maxAttempts"> & { anonymous?: boolean | undefined } = {},
): Promise<S3Client> {
  const endpoint = place.endpoint ?? env["AWS_ENDPOINT_URL_S3"] ?? env["AWS_ENDPOINT_URL"];
  const profile = env["AWS_PROFILE"];
  const config: S3ClientConfig = {
    ...(endpoint ? { endpoint, forcePathStyle: true } : {}),
    ...(profile ? { profile } : {}),
    ...(anonymous ? UNSIGNED : keysOf(env)),
    ...more,
    followRegionRedirects: true,
    // Digests are ours, over whole files; what else the SDK would add, other servers may not know.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    // What failed is told by who asked, in our words.
    logger: { trace: silent, debug: silent, info: silent, warn: silent, error: silent },
    requestHandler: { connectionTimeout: CONNECTION, socketTimeout: SILENCE },
  };
  const region = place.region ?? env["AWS_REGION"] ?? env["AWS_DEFAULT_REGION"] ?? (await configuredRegion(config));
  return new S3Client({ ...config, region });
}

const UNSIGNED: Pick<S3ClientConfig, "credentials" | "signer"> = {
  credentials: { accessKeyId: "", secretAccessKey: "" },
  signer: { sign: async (request) => request },
};

function keysOf(env: Environment): Pick<S3ClientConfig, "credentials"> {
  const [accessKeyId, secretAccessKey] = [env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"]];
  if (!accessKeyId || !secretAccessKey) return {};
  const sessionToken = env["AWS_SESSION_TOKEN"];
  return { credentials: { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) } };
}

/** The region of the profile. Without one: where Amazon answers for every bucket, by telling where it is. */
async function configuredRegion(config: S3ClientConfig): Promise<string> {
  const { region } = new S3Client(config).config;
  return region().catch(() => "us-east-1");
}
