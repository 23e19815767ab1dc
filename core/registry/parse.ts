import type { z } from "zod";
import { SlipwayError } from "../errors.ts";
import { KINDS, type RecordKind, type RecordOf } from "./kinds.ts";

/** The largest record that is read: a manifest lists up to 100,000 files. */
export const MAX_RECORD_BYTES = 32 * 1024 * 1024;

/** Rejects what is not JSON or not the record that its path promises: REGISTRY_CORRUPT, with path and commit. */
export function parseRecord<Kind extends RecordKind>(
  kind: Kind,
  content: Buffer,
  path: string,
  commit: string,
): RecordOf<Kind> {
  const value = (() => {
    try {
      return JSON.parse(content.toString()) as unknown;
    } catch (cause) {
      throw corrupt(path, commit, `is not JSON: ${(cause as Error).message}`, cause);
    }
  })();
  const parsed = KINDS[kind].schema.safeParse(value);
  if (!parsed.success) throw corrupt(path, commit, `is not a valid record: ${firstIssue(parsed.error)}`, parsed.error);
  return parsed.data as RecordOf<Kind>;
}

/** What is wrong with a record of this kind, if anything. */
export function invalidity(kind: RecordKind, record: unknown): string | undefined {
  const parsed = KINDS[kind].schema.safeParse(record);
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
