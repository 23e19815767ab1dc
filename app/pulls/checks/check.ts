import type { Problem } from "../../../schemas/problem.ts";

/** The checks' names: rulesets of users' repositories require them by these. */
export const CHECK = "Slipway";
export const TARGET_CHECK = "Slipway: production";
/** On the default branch's commits: no ruleset requires it. */
export const REGISTRATION_CHECK = "Slipway: registration";

/** A button of a check, and the identifier that comes back when it is pressed. */
export interface Button {
  label: string;
  description: string;
  identifier: string;
}

export const RETRY_BUTTON: Button = {
  label: "Run again",
  description: "Runs the pipeline on this commit again.",
  identifier: "retry",
};

/**
 * What a check says. There is no neutral conclusion: GitHub lets a required check pass if it is neutral or skipped,
 * so an inconclusive check is a failure.
 */
export interface Check {
  name: typeof CHECK | typeof TARGET_CHECK | typeof REGISTRATION_CHECK;
  state: "queued" | "in_progress" | "success" | "failure";
  /** Plain text. */
  title: string;
  /** Markdown, escaped. */
  summary: string;
  text?: string | undefined;
  /** What is wrong in files: told on their lines. */
  problems: readonly Problem[];
  /** The run's page. */
  url?: string | undefined;
  buttons: readonly Button[];
}
