// What options and arguments may be: data alone, as the table of commands is.

export const TEMPLATES = ["penguins", "diabetes", "rain", "empty"] as const;
export type TemplateName = (typeof TEMPLATES)[number];

export const LOG_FORMATS = ["jsonl", "csv"] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

/** The acts in the audit log, by `Slipway-Act`. */
export const LOGGED_ACTS = [
  ...(["register", "evaluate", "compare", "request", "promote", "rollback", "try"] as const),
  ...(["advance", "pause", "resume", "abort"] as const),
  ...(["approve", "reject", "hold", "unhold"] as const),
  ...(["accept", "create", "describe", "tag", "untag", "alias", "unalias"] as const),
  ...(["withdraw", "archive", "unassign", "deprecate", "revive", "rename"] as const),
];

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];
