import type { Problem } from "../../schemas/problem.ts";
import type { RecordPath } from "./kinds.ts";
import { formatPath } from "./paths.ts";

/** What `verify` can find. The codes are stable. */
export type FindingCode =
  // the objects
  | "OBJECT_MISSING"
  | "OBJECT_CORRUPT"
  // what killed writers left
  | "LOCK_STALE"
  | "LOCK_LEFT"
  // the branch
  | "BRANCH_MISSING"
  | "BRANCH_BROKEN"
  | "BRANCH_REWRITTEN"
  | "FORMAT_UNKNOWN"
  | "ACT_WRONG"
  | "HISTORY_MERGED"
  | "RECORD_CHANGED"
  | "RECORD_DELETED"
  | "COMMIT_SHARED"
  | "COMMIT_FUTURE"
  | "FILE_UNKNOWN"
  // the records
  | "RECORD_INVALID"
  | "DECISION_WRONG"
  | "REQUEST_WRONG"
  | "REVIEW_WRONG"
  | "COMPARISON_WRONG"
  | "EVALUATION_WRONG"
  | "CHANGE_WRONG"
  | "ROLLOUT_WRONG"
  | "LEDGER_WRONG"
  | "TIME_WRONG"
  // the commits that records name
  | "COMMIT_WRONG"
  | "COMMIT_UNPROVEN"
  // the tags
  | "TAG_MISSING"
  | "TAG_LIGHTWEIGHT"
  | "TAG_MOVED"
  | "TAG_DIFFERS"
  | "TAG_UNKNOWN"
  | "TAG_UNTRUSTED"
  | "TAG_FORGED"
  // the branch deploy
  | "DEPLOY_WRONG"
  | "DEPLOY_BEHIND"
  // the branch monitoring
  | "MONITORING_WRONG"
  | "MONITORING_INCOMPLETE"
  // the store
  | "ARTIFACT_MISSING"
  | "ARTIFACT_CORRUPT"
  | "ARTIFACT_UNREACHABLE";

/** One inconsistency: a Problem with the ref or the commit that it is about. */
export interface Finding extends Omit<Problem, "code" | "hint"> {
  code: FindingCode;
  hint: string;
  /** The path on the registry branch. */
  path?: string;
  ref?: string;
  commit?: string;
}

/** What is said of a commit that nothing here proves, and what to do. */
const UNPROVEN = {
  absent: ["is not to be had here", "Fetch it (`git fetch --unshallow`), or run verify in a whole clone."],
  "off-branch": [
    "is not on the default branch",
    "If history was rewritten, somebody knows why; if nobody does, the branch was set back after a decision was made on it.",
  ],
  merged: [
    "came to the default branch by a merge, and may never have been its tip",
    "See which merge brought it with `git log --graph`: nobody may have reviewed the policy and the spec that this commit alone has.",
  ],
} as const;

/** A commit that a record names, where nothing here proves that it is what the record says. */
export function unprovenCommit(about: { commit: string; why: keyof typeof UNPROVEN; path: string }): Finding {
  const { commit, why, path } = about;
  const [what, hint] = UNPROVEN[why];
  return { code: "COMMIT_UNPROVEN", message: `Commit ${commit}, which ${path} names, ${what}.`, commit, hint };
}

/** What is wrong with a record. */
export function wrong(
  code: FindingCode,
  at: RecordPath,
  message: string,
  about: { expected?: string; found?: string } = {},
): Finding {
  const path = formatPath(at);
  return { code, message, ...about, path, hint: `See who wrote it with \`git log registry -- '${path}'\`.` };
}
