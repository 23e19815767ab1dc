import { artifactStore } from "../artifact-store.ts";
import type { Blobs } from "../blobs.ts";
import { type NamedObjects, type NamedStore, namedStore } from "../named.ts";
import { Patience, type Waiting } from "../patience.ts";
import type { ArtifactStore, StoreOptions } from "../store.ts";
import type { BucketBlobs } from "./bucket.ts";
import { corruptBytes, missingBytes } from "./refusals.ts";
import type { BucketAddress, Environment } from "./requests.ts";

/** Blobs at once. Their requests wait for no turn: parts of large ones are held in little memory, which bounds them. */
const BLOBS = 4;
const REQUESTS = Number.POSITIVE_INFINITY;

/**
 * A store in a bucket of S3, or of a server that speaks it. `env` is where credentials, and what the address leaves open, are
 * taken from. The client is loaded once the store is used: most commands never are.
 */
export function openBucketStore(address: BucketAddress, env: Environment, usual: StoreOptions = {}): ArtifactStore {
  let opened: Promise<BucketBlobs> | undefined;
  const blobs = () => {
    opened ??= import("./bucket.ts").then(({ bucketBlobs }) => bucketBlobs(address, env));
    return opened;
  };
  const whole: Blobs = {
    atOnce: BLOBS,
    patience: patienceFor(address),
    put: async (...asked) => (await blobs()).put(...asked),
    open: async (...asked) => (await blobs()).open(...asked),
    size: async (...asked) => (await blobs()).size(...asked),
    keep: async (...asked) => (await blobs()).keep(...asked),
    list: async (...asked) => (await blobs()).list(...asked),
    async *stored(patience) {
      yield* (await blobs()).stored(patience);
    },
    remove: async (...asked) => (await blobs()).remove(...asked),
    missing: (sha256) => missingBytes(sha256, address.uri),
    corrupt: (sha256) => corruptBytes(sha256, address.uri),
  };
  return artifactStore(whole, usual);
}

/** Named objects in a bucket, likewise. */
export function openNamedBucket(address: BucketAddress, env: Environment): NamedStore {
  let opened: Promise<Omit<NamedObjects, "patience">> | undefined;
  const objects = () => {
    opened ??= import("./named.ts").then(({ namedInBucket }) => namedInBucket(address, env));
    return opened;
  };
  return namedStore({
    patience: patienceFor(address),
    put: async (...asked) => (await objects()).put(...asked),
    get: async (...asked) => (await objects()).get(...asked),
    async *list(...asked) {
      yield* (await objects()).list(...asked);
    },
    remove: async (...asked) => (await objects()).remove(...asked),
  });
}

const patienceFor = (address: BucketAddress) => (waiting: Waiting) =>
  new Patience(`${address.uri} ${address.endpoint ?? ""}`.trim(), { ...waiting, atOnce: REQUESTS });
