/** What a failed request to S3 means. `away` may be over in a moment, and `skewed` after the client has set its clock by the answer. */
export type S3Failure =
  | "missing"
  | "no-bucket"
  | "moved"
  | "denied"
  | "expired"
  | "wrong-keys"
  | "no-credentials"
  | "unknown-condition"
  | "skewed"
  | "away"
  | "other";

const BY_NAME: Readonly<Record<string, S3Failure>> = {
  NoSuchKey: "missing",
  NoSuchVersion: "missing",
  NotFound: "missing",
  NoSuchBucket: "no-bucket",
  PreconditionFailed: "moved",
  ExpiredToken: "expired",
  ExpiredTokenException: "expired",
  TokenRefreshRequired: "expired",
  InvalidAccessKeyId: "wrong-keys",
  SignatureDoesNotMatch: "wrong-keys",
  CredentialsProviderError: "no-credentials",
  RequestTimeTooSkewed: "skewed",
  NotImplemented: "unknown-condition",
};

const BY_STATUS: Readonly<Record<number, S3Failure>> = {
  401: "denied",
  403: "denied",
  404: "missing",
  412: "moved",
  501: "unknown-condition",
};

const AWAY = [408, 429, 500, 502, 503, 504];

/** What went wrong. A HEAD's answer has no body, so that its status alone tells. */
export function s3Failure(error: unknown): S3Failure {
  const { name, status, isSkewed } = about(error);
  if (isSkewed) return "skewed";
  const told = BY_NAME[name] ?? (status === undefined ? undefined : BY_STATUS[status]);
  if (told !== undefined) return told;
  return status === undefined || status < 300 || AWAY.includes(status) ? "away" : "other";
}

/** In words without the server's own message, which may quote a key. */
export function s3FailureWords(error: unknown): string {
  const { name, status } = about(error);
  if (status !== undefined && status >= 300)
    return `HTTP status ${status}${/^\w{1,60}$/.test(name) ? ` (${name})` : ""}`;
  if (BY_NAME[name] === "no-credentials") return "no credentials";
  const { code } = error as NodeJS.ErrnoException;
  return code ?? (/^\w{1,60}$/.test(name) ? name : "no answer");
}

function about(error: unknown): { name: string; status: number | undefined; isSkewed: boolean } {
  const { name = "", $metadata } = (error ?? {}) as {
    name?: string;
    $metadata?: { httpStatusCode?: number; clockSkewCorrected?: boolean };
  };
  return { name, status: $metadata?.httpStatusCode, isSkewed: $metadata?.clockSkewCorrected === true };
}
