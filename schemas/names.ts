import { z } from "zod";

/** Letters, digits, `-` and `_`, as GTO reads them in a tag: a dot or a space would make the tag invisible to it. */
export const ModelName = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?$/)
  .describe("A model's name: its folder's name under models/.");
export type ModelName = z.infer<typeof ModelName>;

export const StageName = z
  .string()
  .max(50)
  .regex(/^[a-z0-9]([a-z0-9_-]*[a-z0-9])?$/)
  .describe("A stage that versions are promoted to, in lower case: production, staging.");
export type StageName = z.infer<typeof StageName>;

export const VersionNumber = z.int().min(1).describe("1, 2, 3 …: never used again, as in MLflow.");
export type VersionNumber = z.infer<typeof VersionNumber>;

export const Sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .describe("A SHA-256 digest in lower-case hexadecimal.");
export type Sha256 = z.infer<typeof Sha256>;

export const CommitId = z
  .string()
  .regex(/^[0-9a-f]{40}$/)
  .describe("A Git commit, whole (SHA-1, 40 digits).");
export type CommitId = z.infer<typeof CommitId>;

export const BlobId = z
  .string()
  .regex(/^[0-9a-f]{40}$/)
  .describe("A Git blob, whole (SHA-1, 40 digits).");
export type BlobId = z.infer<typeof BlobId>;

/** The order of two as text is their order in time. */
export const Timestamp = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  .describe("A moment in UTC to the millisecond: 2026-01-31T09:00:00.000Z.");
export type Timestamp = z.infer<typeof Timestamp>;

/** Git keeps no more of a tag's moment than the second, and GTO orders by it. */
export const TaggerTime = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  .describe("A tag's moment in UTC to the second: 2026-01-31T09:00:00Z.");
export type TaggerTime = z.infer<typeof TaggerTime>;

export const Duration = z
  .string()
  .regex(/^[1-9]\d{0,8}(ms|s|m|h|d|w)$/)
  .describe("A duration: a whole number and ms, s, m, h, d or w, as in 10m or 28d.");
export type Duration = z.infer<typeof Duration>;

/** An account at whoever identifies people, by that one's own id for it, which stays whatever the account is called. */
export const AccountId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.-]{0,99}:[A-Za-z0-9._~@|/+=-]{1,200}$/)
  .describe("The identity provider, `:`, and its id: github:583231.");
export type AccountId = z.infer<typeof AccountId>;

/**
 * Who did something. The account says who it is: a login is a name that its owner may give up, and that anybody may take
 * then. On plain Git nobody identifies anybody, and the e-mail address is what the person says.
 */
export const Person = z.object({
  name: z.string().max(200),
  id: z.string().max(200).describe("An e-mail address on plain Git; on GitHub the login, as it was then."),
  account: AccountId.optional().describe("Absent on plain Git."),
});
export type Person = z.infer<typeof Person>;

const MAX_PARAMS = 2 * 1024 * 1024;
const MAX_PARAMS_DEPTH = 200;

export const Params = z
  .string()
  .max(MAX_PARAMS)
  .refine(isJsonMap, "the text of a JSON object")
  .describe(
    "JSON, as the train command read it in SLIPWAY_PARAMS: sorted keys, and numbers as the spec writes them (1.0).",
  );
export type Params = z.infer<typeof Params>;

export const NO_PARAMS: Params = "{}";

function isJsonMap(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
    let level: unknown[] = [value];
    for (let depth = 0; level.length > 0; depth++) {
      if (depth > MAX_PARAMS_DEPTH) return false;
      level = level.flatMap((each) => (typeof each === "object" && each !== null ? Object.values(each) : []));
    }
    return true;
  } catch {
    return false;
  }
}

export const Json: z.ZodType<JsonValue> = z.json() as z.ZodType<JsonValue>;
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };
