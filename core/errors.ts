import type { Problem } from "../schemas/problem.ts";

/** Who has to act: `refused` a decision said no (exit 1), `input` what was given is wrong (exit 2), `broken` something failed (exit 3). */
export type ReasonKind = "refused" | "input" | "broken";

/** The closed list of reason codes. They are stable: scripts and tests rely on them. */
export const REASONS = {
  // decisions
  GATE_FAILED: "refused",
  GATE_INCONCLUSIVE: "refused",
  NOT_BINDING: "refused",
  APPROVALS_UNAVAILABLE: "refused",
  APPROVALS_MISSING: "refused",
  NOTHING_TO_ROLL_BACK: "refused",
  MODEL_ON_HOLD: "refused",
  ROLLOUT_ABORTED: "refused",
  NOT_EVALUATED: "refused",
  VERSION_WITHDRAWN: "refused",
  ARTIFACT_NOT_STORED: "refused",
  TAG_UNTRUSTED: "refused",
  RECORD_FORGED: "refused",
  NOT_ALLOWED: "refused",
  TEAMS_UNKNOWN: "refused",
  OWN_REQUEST: "refused",
  OVERTAKEN: "refused",
  DEPLOYMENT_OVERTAKEN: "refused",
  DEPLOY_BEHIND: "refused",
  RUN_INVALID: "refused",
  SKETCH_STALE: "refused",
  NOT_REGISTERED: "refused",
  COMMENT_EDITED: "refused",
  NOTHING_TO_RETRY: "refused",
  JUDGE_CHANGED: "refused",
  NOTHING_TO_SCORE: "refused",
  MONITOR_ALARMED: "refused",
  // pages
  NOT_FOUND: "input",
  SIGNED_OUT: "refused",
  FOREIGN_FORM: "refused",
  READ_ONLY: "refused",
  TOO_MANY_FORMS: "refused",
  // what people write
  USAGE: "input",
  CONFIG_INVALID: "input",
  SPEC_INVALID: "input",
  POLICY_INVALID: "input",
  YAML_INVALID: "input",
  FILE_TOO_LARGE: "input",
  ENCODING_INVALID: "input",
  PATH_OUTSIDE: "input",
  SYMLINK_REFUSED: "input",
  FLOOR_LOOSENED: "input",
  FLOOR_UNDECIDABLE: "input",
  CONFIDENCE_UNREACHABLE: "input",
  MARGIN_UNSEEN: "input",
  UNKNOWN_KEY: "input",
  UNKNOWN_METRIC: "input",
  METRIC_UNFIT: "input",
  UNSUPPORTED: "input",
  // the repository and the registry
  NOT_A_REPOSITORY: "input",
  REPOSITORY_UNSAFE: "input",
  NO_COMMIT: "input",
  DIRTY_TREE: "input",
  WRONG_BRANCH: "input",
  MODEL_UNKNOWN: "input",
  VERSION_UNKNOWN: "input",
  STAGE_UNKNOWN: "input",
  REQUEST_UNKNOWN: "input",
  RUN_UNKNOWN: "input",
  NAME_INVALID: "input",
  NAME_TAKEN: "input",
  ALIAS_INVALID: "input",
  LABEL_INVALID: "input",
  SEARCH_INVALID: "input",
  TAG_TAKEN: "input",
  NOT_A_SIGNER: "refused",
  SIGNING_FAILED: "broken",
  IMAGE_UNKNOWN: "input",
  DEPLOY_CONFLICT: "broken",
  DEPLOYMENT_UNANSWERED: "broken",
  REGISTRY_MOVED: "broken",
  REGISTRY_CORRUPT: "broken",
  REGISTRY_REWRITTEN: "broken",
  REGISTRY_NEWER: "input",
  REGISTRY_FROM_FUTURE: "refused",
  MONITORING_INVALID: "broken",
  REMOTE_FAILED: "broken",
  LOCKED: "broken",
  GIT_FAILED: "broken",
  // data and user code
  DATA_MISSING: "input",
  DATA_UNREADABLE: "input",
  DATA_NOT_PINNED: "input",
  DATA_CHANGED: "input",
  DATA_INVALID: "input",
  PREVIEW_EMPTY: "input",
  PREVIEW_DIFFERS: "input",
  COMMAND_FAILED: "input",
  COMMAND_TIMEOUT: "input",
  ENVIRONMENT_CHANGED: "input",
  OUTPUT_MISSING: "input",
  OUTPUT_TOO_LARGE: "input",
  PREDICTIONS_INVALID: "input",
  SCORES_INVALID: "input",
  METRIC_UNDEFINED: "input",
  SERVED_DIFFERS: "input",
  SECRET_MISSING: "input",
  // what answers
  ROWS_INVALID: "input",
  SERVE_FAILED: "input",
  SERVE_NOT_READY: "broken",
  SERVE_BUSY: "broken",
  SERVE_TIMEOUT: "broken",
  SERVE_CRASHED: "broken",
  SERVE_ANSWER: "broken",
  SERVE_ERROR: "broken",
  // storage
  ARTIFACT_MISSING: "broken",
  ARTIFACT_CORRUPT: "broken",
  ARTIFACT_NOT_DURABLE: "broken",
  HANDOVER_CORRUPT: "broken",
  STORE_FAILED: "broken",
  STORE_TIMEOUT: "broken",
  STORE_DENIED: "broken",
  STORE_UNREACHABLE: "broken",
  STORE_NO_CREDENTIALS: "broken",
  STORE_NOT_ALLOWED: "refused",
  COMPARISON_STALE: "refused",
  SYSTEM_FAILED: "broken",
  INTERRUPTED: "broken",
  INTERNAL: "broken",
} as const satisfies Record<string, ReasonKind>;
export type ReasonCode = keyof typeof REASONS;

/** An error that a person can act on. Anything else that is thrown is a bug, and keeps its stack. */
export class SlipwayError extends Error {
  override readonly name = "SlipwayError";
  readonly code: ReasonCode;
  readonly problems: readonly Problem[];

  /** `about` fills the rest of the one problem; several problems (a spec's, say) are handed in whole. */
  constructor(
    code: ReasonCode,
    message: string,
    about: Omit<Problem, "code" | "message"> & { problems?: readonly Problem[]; cause?: unknown } = {},
  ) {
    const { problems, cause, ...rest } = about;
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.problems = problems ?? [{ code, message, ...rest }];
  }

  get kind(): ReasonKind {
    return REASONS[this.code];
  }
}

/** A problem that was recorded, as an error again. */
export function errorOf(problem: Problem): SlipwayError {
  return new SlipwayError(problem.code as ReasonCode, problem.message, { problems: [problem] });
}

/** What was expected and what was found, as a part of a sentence; empty where a problem says neither. */
export function expectedAndFound({ expected, found }: Pick<Problem, "expected" | "found">): string {
  return [expected && `expected ${expected}`, found && `found ${found}`].filter(Boolean).join(", ");
}
