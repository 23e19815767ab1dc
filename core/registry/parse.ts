import type { z } from "zod";
import { Acceptance } from "../../schemas/acceptance.ts";
import { Change } from "../../schemas/change.ts";
import { Decision } from "../../schemas/decision.ts";
import { LaterComparison } from "../../schemas/later-comparison.ts";
import { Manifest } from "../../schemas/manifest.ts";
import { ModelCalled } from "../../schemas/model-called.ts";
import { ModelRecord } from "../../schemas/model-record.ts";
import { PromotionRequest } from "../../schemas/promotion-request.ts";
import { Registration } from "../../schemas/registration.ts";
import { Review } from "../../schemas/review.ts";
import { VersionEvaluation } from "../../schemas/version-evaluation.ts";
import { VersionMetadata } from "../../schemas/version-metadata.ts";
import { SlipwayError } from "../errors.ts";
import type { RecordPath } from "./paths.ts";

/** The largest record that is read: a manifest lists up to 100,000 files. */
export const MAX_RECORD_BYTES = 32 * 1024 * 1024;

const RECORD_SCHEMAS = {
  model: ModelRecord,
  version: Manifest,
  decision: Decision,
  request: PromotionRequest,
  review: Review,
  comparison: LaterComparison,
  evaluation: VersionEvaluation,
  change: Change,
  metadata: VersionMetadata,
  called: ModelCalled,
  accepted: Acceptance,
  registration: Registration,
} as const satisfies Record<RecordPath["kind"], z.ZodType>;

/** Rejects what is not JSON or not the record that its path promises: REGISTRY_CORRUPT, with path and commit. */
export function parseRecord<Kind extends RecordPath["kind"]>(
  kind: Kind,
  content: Buffer,
  path: string,
  commit: string,
): z.infer<(typeof RECORD_SCHEMAS)[Kind]> {
  const value = (() => {
    try {
      return JSON.parse(content.toString()) as unknown;
    } catch (cause) {
      throw corrupt(path, commit, `is not JSON: ${(cause as Error).message}`, cause);
    }
  })();
  const parsed = RECORD_SCHEMAS[kind].safeParse(value);
  if (!parsed.success) throw corrupt(path, commit, `is not a valid record: ${firstIssue(parsed.error)}`, parsed.error);
  return parsed.data as z.infer<(typeof RECORD_SCHEMAS)[Kind]>;
}

/** What is wrong with a record of this kind, if anything. */
export function invalidity(kind: RecordPath["kind"], record: unknown): string | undefined {
  const parsed = RECORD_SCHEMAS[kind].safeParse(record);
  return parsed.success ? undefined : firstIssue(parsed.error);
}

function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue === undefined ? "unknown" : `${issue.path.join(".") || "the whole"}: ${issue.message}`;
}

function corrupt(path: string, commit: string, what: string, cause: unknown): SlipwayError {
  return new SlipwayError("REGISTRY_CORRUPT", `${path} ${what}`, {
    file: path,
    found: `in commit ${commit} of the branch registry`,
    hint: "Only slipway writes this branch. `slipway verify` lists what is wrong; `git log registry` who changed it.",
    cause,
  });
}
