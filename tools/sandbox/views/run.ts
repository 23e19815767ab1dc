import type { Artifact, Job, Repo, State, Workflow, WorkflowRun } from "../state.ts";
import { showUser } from "./account.ts";
import { showCommitSimple } from "./commit.ts";
import { links, nodeId } from "./links.ts";
import { showPullRef } from "./pull.ts";
import { pageUrl, repoUrl, showRepositoryLite } from "./repository.ts";

export function showWorkflow(state: State, repo: Repo, { id, name, path, createdAt }: Workflow) {
  const page = pageUrl(state, repo);
  return {
    ...{
      id,
      node_id: nodeId("Workflow", id),
      name,
      path,
      state: "active",
      created_at: createdAt,
      updated_at: createdAt,
    },
    url: `${repoUrl(state, repo)}/actions/workflows/${id}`,
    html_url: `${page}/blob/${repo.defaultBranch}/${path}`,
    badge_url: `${page}/workflows/${encodeURIComponent(name)}/badge.svg`,
  };
}

const LINKS = "jobs /jobs logs /logs artifacts /artifacts cancel /cancel rerun /rerun";

export function showRun(state: State, run: WorkflowRun) {
  const { id, repository: repo, workflow, suite, attempt, event, status, conclusion } = run;
  const api = repoUrl(state, repo);
  const url = `${api}/actions/runs/${id}`;
  return {
    ...{ id, node_id: nodeId("WorkflowRun", id), name: workflow.name, path: workflow.path, workflow_id: workflow.id },
    ...{ url, html_url: `${pageUrl(state, repo)}/actions/runs/${id}`, ...links(url, LINKS) },
    ...{ head_branch: run.headBranch, head_sha: run.headSha, head_commit: showCommitSimple(run.headCommit) },
    ...{ event, status, conclusion, display_title: run.displayTitle, run_number: run.number, run_attempt: attempt },
    ...{ check_suite_id: suite.id, check_suite_node_id: nodeId("CheckSuite", suite.id) },
    ...{ check_suite_url: `${api}/check-suites/${suite.id}`, workflow_url: `${api}/actions/workflows/${workflow.id}` },
    previous_attempt_url: attempt > 1 ? `${url}/attempts/${attempt - 1}` : null,
    pull_requests: run.pulls.map((pull) => showPullRef(state, repo, pull)),
    ...{ created_at: run.createdAt, updated_at: run.updatedAt, run_started_at: run.startedAt },
    ...{ actor: showUser(state, run.actor), triggering_actor: showUser(state, run.triggeringActor) },
    ...{ repository: showRepositoryLite(state, repo), head_repository: showRepositoryLite(state, run.headRepository) },
    referenced_workflows: [],
  };
}

const RUNNER = { runner_id: 1, runner_name: "sandbox", runner_group_id: 1, runner_group_name: "Default" };

export function showJob(
  state: State,
  { id: run_id, repository: repo, workflow, headBranch, headSha }: WorkflowRun,
  job: Job,
) {
  const { id, name, status, conclusion, labels, startedAt, completedAt } = job;
  const api = repoUrl(state, repo);
  const steps = job.steps.map(({ startedAt: started_at, completedAt: completed_at, ...step }) => {
    return { ...step, started_at, completed_at };
  });
  return {
    ...{ id, node_id: nodeId("CheckRun", id), name, workflow_name: workflow.name, run_id, run_attempt: job.attempt },
    ...{
      url: `${api}/actions/jobs/${id}`,
      run_url: `${api}/actions/runs/${run_id}`,
      check_run_url: `${api}/check-runs/${id}`,
    },
    html_url: `${pageUrl(state, repo)}/actions/runs/${run_id}/job/${id}`,
    ...{ head_branch: headBranch, head_sha: headSha, status, conclusion, labels, steps, ...RUNNER },
    ...{ created_at: startedAt, started_at: startedAt, completed_at: completedAt },
  };
}

export function showArtifact(
  state: State,
  repo: Repo,
  { id, run, name, size, digest, expired, ...artifact }: Artifact,
) {
  const url = `${repoUrl(state, repo)}/actions/artifacts/${id}`;
  const { createdAt: created_at, expiresAt: expires_at } = artifact;
  const head = { head_repository_id: run.headRepository.id, head_branch: run.headBranch, head_sha: run.headSha };
  return {
    ...{ id, node_id: nodeId("Artifact", id), name, url, archive_download_url: `${url}/zip` },
    ...{ size_in_bytes: size, digest, expired, created_at, updated_at: created_at, expires_at },
    workflow_run: { id: run.id, repository_id: repo.id, ...head },
  };
}
