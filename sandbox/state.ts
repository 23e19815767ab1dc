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
  /** Each request answered, oldest first: what a test counts. */
  readonly requests: RequestRecord[];
  readonly work: Work;
  /** Is told of everything that could start a workflow; undefined where none runs. */
  runner: Runner | undefined;
  /** Sees every answer and every webhook, for tests that check their shapes. */
  readonly observer: Observer;
}

export type Level = "none" | "read" | "triage" | "write" | "maintain" | "admin";
/** A key of an App's or a token's permissions, as GitHub names them. */
export type Permissions = Readonly<Record<string, "read" | "write" | "admin">>;

export interface Account {
  id: number;
  login: string;
  type: "User" | "Organization" | "Bot";
  name: string | null;
  email: string;
  createdAt: string;
}

export interface Team {
  id: number;
  organization: Account;
  slug: string;
  name: string;
  members: Set<Account>;
}

export interface App {
  id: number;
  slug: string;
  name: string;
  clientId: string;
  clientSecret: string;
  owner: Account;
  bot: Account;
  /** PEM. */
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
  createdAt: string;
}

export interface Installation {
  id: number;
  app: App;
  account: Account;
  repositories: Set<Repo>;
  createdAt: string;
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
  | { kind: "user"; account: Account; app?: App }
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

export interface Repo {
  id: number;
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
  workflows: Map<string, Workflow>;
  runs: Map<number, WorkflowRun>;
  artifacts: Map<number, Artifact>;
  createdAt: string;
  pushedAt: string;
}

/** An issue, or the issue half of a pull request of the same number. */
export interface Issue {
  id: number;
  number: number;
  title: string;
  body: string | null;
  user: Account;
  state: "open" | "closed";
  createdAt: string;
  updatedAt: string;
  closedAt: string | null;
}

export interface Pull {
  id: number;
  number: number;
  issue: Issue;
  draft: boolean;
  head: { repo: Repo; ref: string; sha: string };
  base: { ref: string; sha: string };
  /** The commit of `refs/pull/<n>/merge`; null where the branches conflict. Once merged: what it became. */
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

export interface Comment {
  id: number;
  issue: Issue;
  user: Account;
  /** The App that wrote it, by its own token or for a person. */
  app: App | undefined;
  body: string;
  createdAt: string;
  updatedAt: string;
  reactions: Reaction[];
}

export interface Reaction {
  id: number;
  user: Account;
  content: "+1" | "-1" | "laugh" | "confused" | "heart" | "hooray" | "rocket" | "eyes";
  createdAt: string;
}

export interface CheckSuite {
  id: number;
  app: App;
  headSha: string;
  headBranch: string | null;
  headCommit: Commit;
  before: string | null;
  createdAt: string;
  updatedAt: string;
}

export type Status = "queued" | "in_progress" | "completed";
export type Conclusion = "success" | "failure" | "neutral" | "cancelled" | "skipped" | "timed_out" | "action_required";

export interface CheckRun {
  id: number;
  suite: CheckSuite;
  name: string;
  externalId: string;
  detailsUrl: string | null;
  status: Status;
  conclusion: Conclusion | null;
  startedAt: string;
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

export interface Deployment {
  id: number;
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
  createdAt: string;
  updatedAt: string;
  /** Newest last. */
  statuses: DeploymentStatus[];
}

export interface DeploymentStatus {
  id: number;
  state: "error" | "failure" | "inactive" | "pending" | "success" | "queued" | "in_progress";
  description: string;
  environment: string;
  logUrl: string;
  environmentUrl: string;
  creator: Account;
  app: App | undefined;
  createdAt: string;
}

export interface Ruleset {
  id: number;
  name: string;
  target: "branch" | "tag" | "push";
  enforcement: "disabled" | "active" | "evaluate";
  /** Patterns of whole ref names, `~DEFAULT_BRANCH` or `~ALL`. */
  include: string[];
  exclude: string[];
  rules: Rule[];
  bypass: { actor_id: number | null; actor_type: string; bypass_mode: "always" | "pull_request" | "exempt" }[];
  createdAt: string;
  updatedAt: string;
}

export interface Workflow {
  id: number;
  /** `.github/workflows/<file>`. */
  path: string;
  name: string;
  createdAt: string;
}

export interface WorkflowRun {
  id: number;
  repository: Repo;
  workflow: Workflow;
  event: string;
  status: Status;
  conclusion: Conclusion | null;
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
  createdAt: string;
  startedAt: string;
  updatedAt: string;
}

export interface Job {
  id: number;
  attempt: number;
  /** As GitHub shows it: caller / called. */
  name: string;
  status: Status;
  conclusion: Conclusion | null;
  labels: string[];
  steps: {
    name: string;
    number: number;
    status: Status;
    conclusion: Conclusion | null;
    startedAt: string | null;
    completedAt: string | null;
  }[];
  startedAt: string;
  completedAt: string | null;
}

export interface Artifact {
  id: number;
  run: WorkflowRun;
  name: string;
  /** The zip, on disk. */
  file: string;
  /** Bytes of the zip. */
  size: number;
  /** Of the zip: `sha256:<64 hex>`. */
  digest: string;
  expired: boolean;
  createdAt: string;
  expiresAt: string;
}

/** A webhook's payload without what each App's delivery adds (installation) and without what every one has. */
export type Payload = Record<string, unknown>;

/** What runs workflows. Neither may throw; what they start they hand to `state.work`. */
export interface Runner {
  /** Not called for what a job's own token did, as on GitHub. `payload` is complete but for `installation`. */
  onWorkflowEvent(repo: Repo, event: string, payload: Payload): void;
  /** The run is queued again, with its attempt counted up. */
  rerun(run: WorkflowRun, which: "all" | "failed"): void;
}

/** What is under way: deliveries and runs. */
export interface Work {
  /** Counts a promise in until it settles; it must handle its own failure. */
  add(promise: Promise<unknown>): void;
  /** Resolves when nothing is under way, counting what comes up meanwhile. */
  idle(): Promise<void>;
}

export interface RequestRecord {
  method: string;
  /** With its query. */
  path: string;
  status: number;
  /** Login or slug of who asked; empty for nobody. */
  by: string;
}

export interface Observer {
  answer?(exchange: { method: string; path: string; status: number; body: unknown }): void;
  webhook?(delivery: { event: string; payload: Payload }): void;
}
