import type { context } from "@actions/github";
import type { Problem } from "../../schemas/problem.ts";

/** Artifacts of the workflow run that this job is a part of. */
export interface ArtifactPort {
  /**
   * Uploads a folder's files under the name, over what an earlier attempt left there; `digest` is the zip's sha256. Kept
   * for `days`, or as long as the repository keeps artifacts.
   */
  upload(name: string, folder: string, days?: number): Promise<{ id: number; digest: string }>;
  /**
   * Brings an artifact's files into a folder (created): of this run, or with a token that may read them of another run of
   * the repository. Rejects with ARTIFACT_MISSING, HANDOVER_CORRUPT or OUTPUT_TOO_LARGE.
   */
  download(name: string, folder: string, from?: OtherRun): Promise<void>;
}

/** A run of a repository, and what may read its artifacts: `actions: read`. */
export interface OtherRun {
  run: string;
  /** owner/name */
  repository: string;
  token: string;
}

export interface Annotation extends Pick<Problem, "file" | "line" | "column"> {
  title: string;
  message: string;
}

/** What GitHub says of the job, as far as Actions read it: the payload is whatever the event's file holds, or {}. */
export type JobContext = Pick<
  typeof context,
  "payload" | "eventName" | "sha" | "ref" | "runId" | "runAttempt" | "serverUrl" | "apiUrl"
>;

/** What an Action needs of the place it runs in. main.ts hands in a runner's; tests hand in their own. */
export interface ActionPorts {
  /** An input's text, trimmed; empty if there is none. */
  input(name: string): string;
  output(name: string, value: string): void;
  /** Adds Markdown to the step's summary. */
  summary(markdown: string): Promise<void>;
  annotate(level: "error" | "warning" | "notice", annotation: Annotation): void;
  /** A line in the job's log. What others wrote is escaped before it comes here. */
  log(line: string): void;
  /** From now on the runner shows *** for it. */
  mask(secret: string): void;
  artifacts: ArtifactPort;
  /** A token by which another service knows this job: GitHub's OIDC. Rejects with SYSTEM_FAILED where the job has no `id-token: write`. */
  idToken(audience: string): Promise<string>;
  context: JobContext;
  /** The process's environment. What is taken out of it here is gone for everything that is started later. */
  env: Record<string, string | undefined>;
  signal: AbortSignal;
}

/** How an Action ended: a failure that a person can mend fails the step, with its outputs set. */
export type ActionOutcome = { outcome: "succeeded" } | { outcome: "failed"; problems: readonly Problem[] };
