import type { Alarm } from "../../schemas/monitoring.ts";
import { alarmKeys, type IssueMarks } from "./issue-body.ts";

/** An issue that the App keeps of a model's alarms. */
export interface KnownIssue extends IssueMarks {
  number: number;
  state: "open" | "closed";
}

/** What a model's alarms want of its issue: core/drift/next-acts.ts. */
export interface WantedIssue {
  issue: "open" | "keep" | "close";
  /** Those that the policy wants told. */
  alarms: readonly Alarm[];
  /** Asked again once more is done: see ToldAlarm. */
  more?: boolean;
}

/** What becomes of a model's issue, and the alarms that people have then been told of. */
export type IssueStep =
  | { step: "leave" }
  /** `settle`: it is closed already, and its alarms are over: the same ones are new when they come again. */
  | { step: "open" | "reopen" | "keep" | "close" | "settle"; alarms: readonly string[]; fresh: readonly string[] };

/**
 * Follows from what a model's alarms want, and its issue as it is. A person's closing stands as long as no new alarm opens. A person's
 * reopening stands too: what the App has closed once it does not close again for the same reason.
 */
export function decideIssue({ issue, alarms, more = false }: WantedIssue, known: KnownIssue | undefined): IssueStep {
  const now = alarmKeys(alarms);
  const told = known?.alarms ?? [];
  const fresh = now.filter((key) => !told.includes(key));
  if (known?.state === "open") {
    if (issue === "close") return known.isOpen ? { step: "close", alarms: [], fresh: [] } : { step: "leave" };
    if (more && fresh.length === 0) return { step: "leave" };
    // While it clears, those that it was opened for are still what it is about.
    return { step: "keep", alarms: now.length > 0 ? now : told, fresh };
  }
  if (issue === "close" && known?.isOpen) return { step: "settle", alarms: [], fresh: [] };
  if (issue !== "open" || fresh.length === 0) return { step: "leave" };
  return { step: known === undefined ? "open" : "reopen", alarms: now, fresh };
}
