import { SlipwayError } from "../../errors.ts";
import { s3Failure, s3FailureWords } from "./failures.ts";

/** What a store's failed request means for who asked. `permission` is what the request needs, in the words of an IAM policy. */
export function storeRefusal(error: unknown, uri: string, permission: string): unknown {
  if (error instanceof SlipwayError || !(error instanceof Error)) return error;
  const found = s3FailureWords(error);
  const about = { found, cause: error };
  switch (s3Failure(error)) {
    case "denied":
      return new SlipwayError("STORE_DENIED", `The artifact store does not allow it: ${uri}`, {
        expected: permission,
        ...about,
        hint: "Are these the right keys? Then give their role or user this permission: docs/stores.md has the whole policy.",
      });
    case "expired":
      return new SlipwayError("STORE_DENIED", `The credentials for the artifact store have expired: ${uri}`, {
        ...about,
        hint: "Sign in again, or bring new keys.",
      });
    case "wrong-keys":
      return new SlipwayError("STORE_DENIED", `The artifact store does not know the keys in use: ${uri}`, {
        expected: "an access key that it knows, with the secret that belongs to it",
        ...about,
        hint: "Look at AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or at the profile: are they for this store's endpoint?",
      });
    case "skewed":
      return new SlipwayError("STORE_DENIED", `The artifact store has another time than this machine: ${uri}`, {
        ...about,
        hint: "Set this machine's clock: requests are signed with the time.",
      });
    case "no-credentials":
      return new SlipwayError("STORE_NO_CREDENTIALS", `There are no credentials for the artifact store: ${uri}`, {
        expected: "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, a web identity, or a role of the machine",
        ...about,
        hint: "Set these, or sign in to a profile: docs/stores.md says in which order they are looked for.",
      });
    case "no-bucket":
      return new SlipwayError("STORE_FAILED", `There is no such bucket: ${uri}`, {
        ...about,
        hint: "Make the bucket, or mend `artifacts.store` in slipway.yaml: its uri, endpoint and region.",
      });
    case "away":
      return new SlipwayError("STORE_UNREACHABLE", `The artifact store cannot be reached: ${uri}`, {
        ...about,
        hint: "Can this machine reach it? `artifacts.store` in slipway.yaml says its endpoint and region.",
      });
    default:
      return new SlipwayError("STORE_FAILED", `The artifact store refused a request: ${uri}`, about);
  }
}

export function missingBytes(sha256: string, uri: string): SlipwayError {
  return new SlipwayError("ARTIFACT_MISSING", `The store has no object ${sha256}`, {
    expected: `sha256/${sha256.slice(0, 2)}/${sha256} below ${uri}`,
    found: "no such object",
    hint: "Is this the store that it was put into? Copy the object over, or train again.",
  });
}

export function corruptBytes(sha256: string, uri: string): SlipwayError {
  return new SlipwayError("ARTIFACT_CORRUPT", `The stored object ${sha256} does not have its digest`, {
    found: `other bytes in ${uri}/sha256/${sha256.slice(0, 2)}/${sha256}`,
    hint: "Bring it back from a copy, or put the same bytes again: that mends it.",
  });
}
