import { expectedAndFound, type ReasonCode, SlipwayError } from "../../core/errors.ts";

/** Each of MLflow's codes with its status, and with the two fields that its clients' logs show. */
const CODES = {
  INVALID_PARAMETER_VALUE: [400, "KAM00", "INVALID_PARAMETER_VALUE"],
  BAD_REQUEST: [400, "KAM00", "INVALID_PARAMETER_VALUE"],
  RESOURCE_ALREADY_EXISTS: [400, "KAM00", "RESOURCE_ALREADY_EXISTS"],
  UNAUTHENTICATED: [401, undefined, undefined],
  PERMISSION_DENIED: [403, "KAM00", "PERMISSION_DENIED"],
  RESOURCE_DOES_NOT_EXIST: [404, "KAM00", "RESOURCE_NOT_FOUND"],
  ENDPOINT_NOT_FOUND: [404, "KAM00", "RESOURCE_NOT_FOUND"],
  INTERNAL_ERROR: [500, "XXM00", "CLIENT_INTERNAL_ERROR"],
  TEMPORARILY_UNAVAILABLE: [503, "XXM00", "CLIENT_INTERNAL_ERROR"],
} as const satisfies Record<string, readonly [number, string | undefined, string | undefined]>;
type MlflowCode = keyof typeof CODES;

/**
 * A refusal in MLflow's words. MLflow's client repeats a 5xx for minutes, so a mistake that a user can mend is a
 * 4xx.
 */
export class MlflowError extends Error {
  override readonly name = "MlflowError";
  readonly code: MlflowCode;

  constructor(code: MlflowCode, message: string) {
    super(message);
    this.code = code;
  }

  get status(): number {
    return CODES[this.code][0];
  }

  body(): Record<string, string> {
    const [, sqlstate, error_class] = CODES[this.code];
    return {
      error_code: this.code,
      message: this.message,
      ...(sqlstate ? { sqlstate } : {}),
      ...(error_class ? { error_class } : {}),
    };
  }
}

export const invalid = (message: string) => new MlflowError("INVALID_PARAMETER_VALUE", message);
export const missing = (message: string) => new MlflowError("RESOURCE_DOES_NOT_EXIST", message);
export const denied = (message: string) => new MlflowError("PERMISSION_DENIED", message);

/** Codes whose meaning says more than who has to act. */
const KNOWN: Partial<Record<ReasonCode, MlflowCode>> = {
  MODEL_UNKNOWN: "RESOURCE_DOES_NOT_EXIST",
  VERSION_UNKNOWN: "RESOURCE_DOES_NOT_EXIST",
  ARTIFACT_MISSING: "RESOURCE_DOES_NOT_EXIST",
  NAME_TAKEN: "RESOURCE_ALREADY_EXISTS",
  REGISTRY_MOVED: "TEMPORARILY_UNAVAILABLE",
  LOCKED: "TEMPORARILY_UNAVAILABLE",
  INTERRUPTED: "TEMPORARILY_UNAVAILABLE",
  STORE_TIMEOUT: "TEMPORARILY_UNAVAILABLE",
};
const KINDS = {
  refused: "PERMISSION_DENIED",
  input: "INVALID_PARAMETER_VALUE",
  broken: "INTERNAL_ERROR",
} as const;

/** What a client is told of an error. Of a bug, it is told only that there is one. */
export function toMlflowError(error: unknown): MlflowError {
  if (error instanceof MlflowError) return error;
  if (!(error instanceof SlipwayError))
    return new MlflowError("INTERNAL_ERROR", "Slipway itself went wrong; its server's log says how.");
  // These are MLflow's own words.
  if (error.code === "SEARCH_INVALID") return invalid(error.message);
  const [problem] = error.problems;
  const details = problem === undefined ? "" : expectedAndFound(problem);
  return new MlflowError(
    KNOWN[error.code] ?? KINDS[error.kind],
    `${error.message}${details === "" ? "" : ` (${details})`} [${error.code}]`,
  );
}
