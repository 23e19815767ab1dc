import type { Person } from "../../schemas/names.ts";
import { timestamp, toSecond } from "../clock.ts";
import { parsePersonLine } from "./person-line.ts";

/** One act, as its commit tells it. Fields that the act does not have are absent; `act` too, for a commit made by hand. */
export interface LogEntry {
  commit: string;
  /** UTC, to the second. */
  at: string;
  actor: Person;
  subject: string;
  act?: string;
  outcome?: string;
  model?: string;
  version?: number;
  stage?: string;
  decision?: string;
  /** The act's key on GitHub: a promotion's is its request. */
  request?: string;
  review?: string;
  /** The id under changes/. */
  change?: string;
  /** Of a rollout's record: its number beside the decision that began it. */
  rollout?: number;
  /** Where it was done: cli, app, bot, mlflow; absent for a registration. */
  host?: string;
  /** The source commit of a registration. */
  source?: string;
}

/** What a commit says, before its trailers are understood. */
export interface ToldAct {
  commit: string;
  /** Unix, as the committer has it. */
  seconds: number;
  author: { name: string; id: string };
  subject: string;
  /** By the name behind `Slipway-`; empty is absent. */
  trailer(name: string): string | undefined;
}

export function logEntry({ commit, seconds, author, subject, trailer }: ToldAct): LogEntry {
  const texts = (...names: string[]) => names.map((name) => trailer(name) || undefined);
  const [act, outcome, model, version, stage, decision] = texts(
    "Act",
    "Outcome",
    "Model",
    "Version",
    "Stage",
    "Decision",
  );
  const [source, request, review, change] = texts("Source", "Request", "Review", "Change");
  const [rollout, actor, host] = texts("Rollout", "Actor", "Host");
  const { account } = parsePersonLine(actor ?? "") ?? {};
  return {
    commit,
    at: toSecond(timestamp(new Date(seconds * 1000))),
    actor: { ...author, ...(account && { account }) },
    subject,
    ...(act && { act }),
    ...(outcome && { outcome }),
    ...(model && { model }),
    ...(version && { version: Number(version) }),
    ...(stage && { stage }),
    ...(decision && { decision }),
    ...(source && { source }),
    ...(request && { request }),
    ...(review && { review }),
    ...(change && { change }),
    ...(rollout && { rollout: Number(rollout) }),
    ...(host && { host }),
  };
}
