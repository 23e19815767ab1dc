import { z } from "zod";
import type { Origin } from "../../core/acts/stages/commit-run.ts";
import { SlipwayError } from "../../core/errors.ts";
import { CommitId, type ModelName } from "../../schemas/names.ts";

/** What GitHub says of any job: by the runner's variables and the event's payload. */
export interface JobFacts {
  repository: { fullName: string; url: string; defaultBranch: string };
  runId: string;
  attempt: string;
  /** The run's page. */
  page: string;
}

/** What GitHub says of a run of the pipeline; nothing of it comes from files of the repository. */
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
const Variables = z.object({
  GITHUB_REPOSITORY: FullName,
  GITHUB_SERVER_URL: z.url({ protocol: /^https?$/ }),
  GITHUB_RUN_ID: z.string().regex(/^\d{1,19}$/),
  GITHUB_RUN_ATTEMPT: z.string().regex(/^[1-9]\d{0,5}$/),
});
const Ref = z.object({ GITHUB_SHA: CommitId, GITHUB_REF: z.string().max(500) });
const Payload = z.object({ repository: z.object({ default_branch: Branch }) });
const Side = z.object({ sha: CommitId, repo: z.object({ full_name: FullName }).nullable() });
const PullRequest = z.object({ pull_request: z.object({ head: Side, base: Side }) });
const Push = z.object({ before: CommitId, after: CommitId });
const MergeGroup = z.object({ merge_group: z.object({ head_sha: CommitId, base_sha: CommitId }) });

/** Reads who the job is for. Rejects with USAGE where that is not what GitHub sends. */
export function readJobFacts(env: Readonly<Record<string, string | undefined>>, event: unknown): JobFacts {
  const { GITHUB_REPOSITORY, GITHUB_RUN_ATTEMPT, GITHUB_RUN_ID, GITHUB_SERVER_URL } = parsed(
    Variables,
    env,
    "the runner's variables",
  );
  const { repository } = parsed(Payload, event, "the event");
  const place = `${GITHUB_SERVER_URL.replace(/\/+$/, "")}/${GITHUB_REPOSITORY}`;
  return {
    repository: { fullName: GITHUB_REPOSITORY, url: `${place}.git`, defaultBranch: repository.default_branch },
    runId: GITHUB_RUN_ID,
    attempt: GITHUB_RUN_ATTEMPT,
    page: `${place}/actions/runs/${GITHUB_RUN_ID}`,
  };
}

/** Reads the event. Rejects with UNSUPPORTED for one that runs no pipeline, USAGE where it is not what GitHub sends. */
export function readRunFacts(env: Readonly<Record<string, string | undefined>>, event: unknown): RunFacts {
  const common = readJobFacts(env, event);
  const variables = parsed(Ref, env, "the runner's variables");
  const name = env["GITHUB_EVENT_NAME"] ?? "";
  const { fullName, defaultBranch } = common.repository;
  const onDefault = variables.GITHUB_REF === `refs/heads/${defaultBranch}`;
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
      return { ...common, event: "workflow_dispatch", origin: own, head: variables.GITHUB_SHA, base: undefined };
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
