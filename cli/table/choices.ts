// What options and arguments may be: data alone, as the table of commands is.

export const LOG_FORMATS = ["jsonl", "csv"] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

/** What `slipway runs` does. */
export const RUN_ACTS = ["list", "show", "compare", "note", "star", "unstar", "share", "prune"] as const;
