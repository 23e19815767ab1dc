import type { Faults } from "./faults.ts";
import type { Rule } from "./rules/rule.ts";

/** Everything that the stand-in for GitHub holds, but for what Git holds: in memory, gone when it stops. */
export interface State {
  /** Where it listens, without a slash at the end: REST, Git, pages and blobs are below it. */
  readonly url: string;
  /** Its temporary folder: bare repositories below `git/`, blobs below `blobs/`. */
  readonly folder: string;
  /** What signs the addresses of blobs. */
  readonly secret: string;
  /** Now, as GitHub writes times: ISO 8601 in UTC, whole seconds. */
  now(): string;
  nextId(): number;
  /** By login in lower case: people, organizations and Apps' bots. */
  readonly accounts: Map<string, Account>;
  readonly teams: Team[];
  readonly tokens: Map<string, Token>;
  readonly apps: Map<number, App>;
  /** The App of Actions: job tokens act as it, and jobs' checks are its own. */
  readonly actions: App;
  /** By full name in lower case. */
  readonly repositories: Map<string, Repo>;
  readonly faults: Faults;
  /** Each API request answered, oldest first: what a test counts. `path` has its query; `by` is empty for nobody. */
  readonly requests: { method: string; path: string; status: number; by: string }[];
  readonly work: Work;
  /** Is told of everything that could start a workflow; undefined if none runs. */
  runner: Runner | undefined;
  readonly observer: Observer;
}

export type Level = "none" | "read" | "triage" | "write" | "maintain" | "admin";
/** An App's or a token's permissions, as GitHub names them. */
export type Permissions = Readonly<Record<string, "read" | "write" | "admin">>;
/** A webhook's payload. */
export type Payload = Record<string, unknown>;

interface Made {
  id: number;
  createdAt: string;
}

interface Changed extends Made {
  updatedAt: string;
}

export interface Account extends Made {
  login: string;
  type: "User" | "Organization" | "Bot";
  name: string | null;
  email: string;
}

export interface Team {
  id: number;
  organization: Account;
  slug: string;
  name: string;
  members: Set<Account>;
}

export interface App extends Made {
  slug: string;
  name: string;
  clientId: string;
  clientSecret: string;
  /** Where the web flow may send people back to; the first one where it is not told. */
  callbackUrls: readonly string[];
  owner: Account;
  bot: Account;
  /** PEM; empty for an App that acts inside the server alone. */
  publicKey: string;
  permissions: Permissions;
  events: readonly string[];
  webhook: { id: number; url: string; secret: string } | undefined;
  installations: Installation[];
  /** Newest last; redeliveries are deliveries of their own with the same `guid`. */
  deliveries: Delivery[];
  /** Settles when every delivery queued so far was tried: they are sent one after the other. */
  sent: Promise<void>;
  /** What a fault holds back until the next delivery was tried. */
  held: (() => Promise<void>) | undefined;
}

export interface Installation extends Made {
  app: App;
  account: Account;
  repositories: Set<Repo>;
}

/** One attempt to hand a webhook to an App. */
export interface Delivery {
  id: number;
  guid: string;
  event: string;
  action: string | null;
  installationId: number | null;
  repositoryId: number | null;
  redelivery: boolean;
  deliveredAt: string;
  /** Seconds. */
  duration: number;
  /** 504 where nobody answered in time. */
  statusCode: number;
  status: string;
  requestHeaders: Record<string, string>;
  body: string;
}

export type Token =
  /** A person's own, or one for an App, which ends. */
  | { kind: "user"; account: Account; app?: App; expiresAt?: string }
  /** Brings a person's next token for an App; it opens nothing itself. */
  | { kind: "refresh"; account: Account; app: App; access: string; expiresAt: string }
  | {
      kind: "installation";
      app: App;
      /** Undefined for a job's token, which belongs to one repository's run. */
      installation: Installation | undefined;
      permissions: Permissions;
      repositories: Set<Repo>;
      expiresAt: string;
    }
  | { kind: "deploy-key"; repository: Repo; title: string; readOnly: boolean };

export interface Repo extends Made {
  owner: Account;
  name: string;
  fullName: string;
  description: string | null;
  private: boolean;
  /** The bare repository. */
  folder: string;
  defaultBranch: string;
  /** By login in lower case. */
  collaborators: Map<string, Level>;
  parent: Repo | undefined;
  nextNumber: number;
  issues: Map<number, Issue>;
  pulls: Map<number, Pull>;
  comments: Map<number, Comment>;
  suites: Map<number, CheckSuite>;
  checks: Map<number, CheckRun>;
  deployments: Map<number, Deployment>;
  rulesets: Map<number, Ruleset>;
  /** By name in lower case. */
  labels: Map<string, Label>;
  workflows: Map<string, Workflow>;
  runs: Map<number, WorkflowRun>;
  artifacts: Map<number, Artifact>;
  pushedAt: string;
}

/** An issue, or the issue half of a pull request of the same number. */
export interface Issue extends Changed {
  number: number;
  title: string;
  body: string | null;
  user: Account;
  state: "open" | "closed";
  closedAt: string | null;
  labels: Label[];
}

export interface Label {
  id: number;
  name: string;
}

export interface Pull {
  id: number;
  number: number;
  issue: Issue;
  draft: boolean;
  head: { repo: Repo; ref: string; sha: string };
  base: { ref: string; sha: string };
  /** The commit of `refs/pull/<n>/merge`; null if the branches conflict. Once merged: what it became. */
  mergeCommit: string | null;
  mergeable: boolean | null;
  size: { commits: number; additions: number; deletions: number; changedFiles: number };
  mergedAt: string | null;
  mergedBy: Account | null;
}

/** A commit as Git holds it. */
export interface Commit {
  id: string;
  tree: string;
  parents: string[];
  message: string;
  author: Signature;
  committer: Signature;
}

export interface Signature {
  name: string;
  email: string;
  date: string;
}

export interface Comment extends Changed {
  issue: Issue;
  user: Account;
  /** The App that wrote it, by its own token or for a person. */
  app: App | undefined;
  body: string;
  /** REST shows it in no field: `updated_at` is there from the beginning, in whole seconds. */
  editedAt: string | null;
  reactions: Reaction[];
}

export interface Reaction extends Made {
  user: Account;
  content: "+1" | "-1" | "laugh" | "confused" | "heart" | "hooray" | "rocket" | "eyes";
}

export interface CheckSuite extends Changed {
  app: App;
  headSha: string;
  headBranch: string | null;
  headCommit: Commit;
  before: string | null;
}

export type Status = "queued" | "in_progress" | "completed";
export type Conclusion =
  | "success"
  | "failure"
  | "neutral"
  | "cancelled"
  | "skipped"
  | "timed_out"
  | "action_required"
  | "startup_failure";

/** What checks, jobs and runs have alike. */
interface Progress {
  status: Status;
  conclusion: Conclusion | null;
  startedAt: string;
}

export interface CheckRun extends Progress {
  id: number;
  suite: CheckSuite;
  name: string;
  externalId: string;
  detailsUrl: string | null;
  completedAt: string | null;
  output: { title: string | null; summary: string | null; text: string | null };
  annotations: Annotation[];
  actions: { label: string; description: string; identifier: string }[];
}

export interface Annotation {
  path: string;
  start_line: number;
  end_line: number;
  start_column: number | null;
  end_column: number | null;
  annotation_level: "notice" | "warning" | "failure";
  message: string;
  title: string | null;
  raw_details: string | null;
}

export interface Deployment extends Changed {
  sha: string;
  ref: string;
  task: string;
  environment: string;
  production: boolean;
  transient: boolean;
  description: string | null;
  payload: unknown;
  creator: Account;
  app: App | undefined;
  /** Newest last. */
  statuses: DeploymentStatus[];
}

export interface DeploymentStatus extends Made {
  state: "error" | "failure" | "inactive" | "pending" | "success" | "queued" | "in_progress";
  description: string;
  environment: string;
  logUrl: string;
  environmentUrl: string;
  creator: Account;
  app: App | undefined;
}

export interface Ruleset extends Changed {
  name: string;
  target: "branch" | "tag";
  enforcement: "disabled" | "active" | "evaluate";
  /** Patterns of whole ref names, `~DEFAULT_BRANCH` or `~ALL`. */
  include: string[];
  exclude: string[];
  rules: Rule[];
  bypass: { actor_id: number | null; actor_type: string; bypass_mode: "always" | "exempt" }[];
}

export interface Workflow extends Made {
  /** `.github/workflows/<file>`. */
  path: string;
  name: string;
}

export interface WorkflowRun extends Changed, Progress {
  repository: Repo;
  workflow: Workflow;
  event: string;
  headSha: string;
  headBranch: string;
  headCommit: Commit;
  headRepository: Repo;
  /** Empty for a fork's, as on GitHub. */
  pulls: Pull[];
  displayTitle: string;
  number: number;
  attempt: number;
  actor: Account;
  triggeringActor: Account;
  suite: CheckSuite;
  /** Of every attempt. */
  jobs: Job[];
  /** A program that runs all jobs of an attempt by itself: they share its token for artifacts. */
  worker: Worker | undefined;
}

export interface Worker {
  id: number;
  /** What it uploads is named once in here: an attempt, or a try of one. */
  uploads: string;
}

export interface Job extends Progress {
  id: number;
  attempt: number;
  /** As GitHub shows it: caller / called. */
  name: string;
  labels: string[];
  steps: (Omit<Progress, "startedAt"> & {
    name: string;
    number: number;
    startedAt: string | null;
    completedAt: string | null;
  })[];
  completedAt: string | null;
}

export interface Artifact extends Made {
  run: WorkflowRun;
  name: string;
  /** The zip, on disk. */
  file: string;
  /** Bytes of the zip. */
  size: number;
  /** Of the zip: `sha256:<64 hex>`. */
  digest: string;
  expired: boolean;
  expiresAt: string;
}

/** What runs workflows. None may throw; what they start they hand to `state.work`. */
export interface Runner {
  /** Not called for what a job's own token did, as on GitHub. `payload` is complete but for `installation`. */
  onWorkflowEvent(repo: Repo, event: string, payload: Payload): void;
  /** The run is queued again, with its attempt counted up. */
  rerun(run: WorkflowRun, which: "all" | "failed"): void;
  /** Ends a run that has not ended. */
  cancel(run: WorkflowRun): void;
  /** The branches that get into an environment; undefined where there is none of this name. */
  branchesInto(repo: Repo, environment: string): readonly string[] | undefined;
}

/** What is under way: deliveries and runs. */
export interface Work {
  /** Counts a promise in until it settles; it must handle its own failure. */
  add(promise: Promise<unknown>): void;
  /** Resolves when nothing is under way, counting what comes up meanwhile. */
  idle(): Promise<void>;
}

/** Sees every answer and every webhook, for tests that check their shapes. */
export interface Observer {
  answer?(exchange: { method: string; path: string; status: number; body: unknown }): void;
  webhook?(delivery: { event: string; payload: Payload }): void;
}
