import { z } from "zod";
import type { Origin } from "../../core/acts/run-rights.ts";
import { SlipwayError } from "../../core/errors.ts";
import { CommitId, type ModelName } from "../../schemas/names.ts";
import type { JobContext } from "./ports.ts";

/** The repository and the run that a job belongs to. */
export interface JobFacts {
  repository: { fullName: string; url: string; defaultBranch: string };
  runId: string;
  attempt: string;
  /** The run's page. */
  page: string;
}

/** What GitHub says of a run of the pipeline. Nothing of it comes from the repository's files. */
export interface RunFacts extends JobFacts {
  event: "pull_request" | "push" | "merge_group" | "workflow_dispatch";
  origin: Origin;
  /** What is run: the pull request's head, the pushed commit, the merge group's head. */
  head: CommitId;
  /** What it is compared with; undefined: everything counts as changed. */
  base: { commit: CommitId; branchPoint: boolean } | undefined;
}

const FullName = z.string().regex(/^[A-Za-z0-9_.-]{1,100}\/[A-Za-z0-9_.-]{1,100}$/);
const Branch = z.string().min(1).max(255);
const Job = z.object({
  serverUrl: z.url({ protocol: /^https?$/ }),
  runId: z.int().min(1),
  runAttempt: z.int().min(1),
  payload: z.object({ repository: z.object({ full_name: FullName, default_branch: Branch }) }),
});
const Ref = z.object({ sha: CommitId, ref: z.string().max(500) });
const Side = z.object({ sha: CommitId, repo: z.object({ full_name: FullName }).nullable() });
const PullRequest = z.object({ pull_request: z.object({ head: Side, base: Side }) });
const Push = z.object({ before: CommitId, after: CommitId });
const MergeGroup = z.object({ merge_group: z.object({ head_sha: CommitId, base_sha: CommitId }) });

/** Reads the repository and the run that a job belongs to. Rejects with USAGE if they are not what GitHub sends. */
export function readJobFacts(context: JobContext): JobFacts {
  const { serverUrl, runId, runAttempt, payload } = parsed(Job, context, "the job");
  const { full_name: fullName, default_branch: defaultBranch } = payload.repository;
  const place = `${serverUrl.replace(/\/+$/, "")}/${fullName}`;
  return {
    repository: { fullName, url: `${place}.git`, defaultBranch },
    runId: String(runId),
    attempt: String(runAttempt),
    page: `${place}/actions/runs/${runId}`,
  };
}

/**
 * Reads the event. Rejects with UNSUPPORTED for an event that runs no pipeline, and with USAGE if it is not what
 * GitHub sends.
 */
export function readRunFacts(context: JobContext): RunFacts {
  const common = readJobFacts(context);
  const { sha, ref } = parsed(Ref, context, "the job");
  const { eventName: name = "", payload: event } = context;
  const { fullName, defaultBranch } = common.repository;
  const onDefault = ref === `refs/heads/${defaultBranch}`;
  const own: Origin = onDefault ? "default-branch" : "same-repository";
  switch (name) {
    case "pull_request": {
      const { head, base } = parsed(PullRequest, event, "the event").pull_request;
      const origin = head.repo?.full_name === fullName ? "same-repository" : "fork";
      return {
        ...common,
        event: "pull_request",
        origin,
        head: head.sha,
        base: { commit: base.sha, branchPoint: true },
      };
    }
    case "push": {
      const { before, after } = parsed(Push, event, "the event");
      const base = /^0+$/.test(before) ? undefined : { commit: before, branchPoint: false };
      return { ...common, event: "push", origin: own, head: after, base };
    }
    case "merge_group": {
      const { head_sha: head, base_sha: commit } = parsed(MergeGroup, event, "the event").merge_group;
      return { ...common, event: "merge_group", origin: "merge-group", head, base: { commit, branchPoint: false } };
    }
    case "workflow_dispatch":
      return { ...common, event: "workflow_dispatch", origin: own, head: sha, base: undefined };
    default:
      throw new SlipwayError("UNSUPPORTED", `The event ${name.slice(0, 50)} runs no pipeline`, {
        expected: "pull_request, push, merge_group or workflow_dispatch",
        hint: "Take it out of `on:` in .github/workflows/slipway.yml.",
      });
  }
}

/** The run's id in records: the same for all jobs of one attempt. */
export function actionsRunId({ runId, attempt }: Pick<RunFacts, "runId" | "attempt">, model: ModelName): string {
  return `${runId}-${attempt}-${model}`;
}

function parsed<Schema extends z.ZodType>(schema: Schema, value: unknown, what: string): z.infer<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new SlipwayError("USAGE", `${what} is not what GitHub sends: ${issue?.path.join(".") ?? ""}`, {
    expected: "a job of a workflow on GitHub",
    found: issue?.message ?? "something else",
    cause: result.error,
  });
}
