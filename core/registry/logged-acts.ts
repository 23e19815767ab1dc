/** The acts in the audit log, by `Slipway-Act`. */
export const LOGGED_ACTS = [
  ...(["register", "evaluate", "compare", "request", "promote", "rollback", "try"] as const),
  ...(["advance", "pause", "resume", "abort"] as const),
  ...(["approve", "reject", "hold", "unhold"] as const),
  ...(["accept", "create", "describe", "tag", "untag", "alias", "unalias"] as const),
  ...(["withdraw", "archive", "unassign", "deprecate", "revive", "rename"] as const),
];
