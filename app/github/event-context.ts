import type { Logger, ProbotOctokit } from "probot";
import type { Ports } from "../../core/acts/ports.ts";
import type { ReportStore } from "../../core/acts/rollout-reports.ts";
import type { Experiments } from "../../core/experiments/open.ts";
import type { Refusal } from "../../schemas/decision.ts";
import type { CommitId } from "../../schemas/names.ts";
import type { EventRepository } from "./event-repository.ts";

/** What a handler is given for one event: one repository, and who the App is in it. */
export interface EventContext {
  repository: EventRepository;
  /** May what the installation may, in its repositories alone; REST as `octokit.rest.*`. */
  octokit: ProbotOctokit;
  /** On the bare mirror, with the remote `origin`. Runs no user code. */
  ports: Ports;
  /**
   * One `git fetch`: the default branch, `registry`, `experiments`, and the heads of the pull requests named, kept as
   * `refs/pull/<n>/head`; one that GitHub no longer has is left as it was. Rejects with REMOTE_FAILED.
   */
  refresh(pulls?: readonly number[]): Promise<void>;
  experiments: Experiments;
  /** What replicas counted of rollouts, below the request log's place. */
  reports: ReportStore;
  /**
   * Why nothing could be registered under the policy as a commit has it, whatever a run finds: it names no store that stays,
   * or one that this host may not use, or signers of whom this host is none. Empty for a policy that cannot be read: that
   * is told of by itself.
   */
  unregistrable(commit: CommitId): Promise<Refusal[]>;
  /** `login` is the author of what the App writes on GitHub: `<slug>[bot]`. */
  app: { id: number; login: string };
  /** Carries the delivery's id. */
  log: Logger;
  clock(): Date;
  /** GitHub's id of the webhook delivery; of an event that was caught up, one made from what it is about. */
  delivery: string;
  /** The event may have been handled before, wholly or half-way: a retry, a redelivery, or one that was caught up. */
  again: boolean;
  /** Whether `octokit` can say who is in a team. */
  canReadTeams: boolean;
}
