import type { Artifact, Job, Repo, State, Workflow, WorkflowRun } from "../state.ts";
import { nodeId, showUser } from "./account.ts";
import { showCommitSimple } from "./commit.ts";
import { showPullRef } from "./pull.ts";
import { pageUrl, repoUrl, showRepositoryLite } from "./repository.ts";

export function showWorkflow(state: State, repo: Repo, { id, name, path, createdAt }: Workflow) {
  return {
    id,
    node_id: nodeId("Workflow", id),
    name,
    path,
    state: "active",
    created_at: createdAt,
    updated_at: createdAt,
    url: `${repoUrl(state, repo)}/actions/workflows/${id}`,
    html_url: `${pageUrl(state, repo)}/blob/${repo.defaultBranch}/${path}`,
    badge_url: `${pageUrl(state, repo)}/workflows/${encodeURIComponent(name)}/badge.svg`,
  };
}

export function showRun(state: State, run: WorkflowRun) {
  const repo = run.repository;
  const url = `${repoUrl(state, repo)}/actions/runs/${run.id}`;
  return {
    id: run.id,
    name: run.workflow.name,
    node_id: nodeId("WorkflowRun", run.id),
    head_branch: run.headBranch,
    head_sha: run.headSha,
    path: run.workflow.path,
    display_title: run.displayTitle,
    run_number: run.number,
    event: run.event,
    status: run.status,
    conclusion: run.conclusion,
    workflow_id: run.workflow.id,
    check_suite_id: run.suite.id,
    check_suite_node_id: nodeId("CheckSuite", run.suite.id),
    url,
    html_url: `${pageUrl(state, repo)}/actions/runs/${run.id}`,
    pull_requests: run.pulls.map((pull) => showPullRef(state, repo, pull)),
    created_at: run.createdAt,
    updated_at: run.updatedAt,
    actor: showUser(state, run.actor),
    triggering_actor: showUser(state, run.triggeringActor),
    run_attempt: run.attempt,
    run_started_at: run.startedAt,
    previous_attempt_url: run.attempt > 1 ? `${url}/attempts/${run.attempt - 1}` : null,
    referenced_workflows: [],
    jobs_url: `${url}/jobs`,
    logs_url: `${url}/logs`,
    check_suite_url: `${repoUrl(state, repo)}/check-suites/${run.suite.id}`,
    artifacts_url: `${url}/artifacts`,
    cancel_url: `${url}/cancel`,
    rerun_url: `${url}/rerun`,
    workflow_url: `${repoUrl(state, repo)}/actions/workflows/${run.workflow.id}`,
    head_commit: showCommitSimple(run.headCommit),
    repository: showRepositoryLite(state, repo),
    head_repository: showRepositoryLite(state, run.headRepository),
  };
}

export function showJob(state: State, run: WorkflowRun, job: Job) {
  const base = repoUrl(state, run.repository);
  return {
    id: job.id,
    run_id: run.id,
    workflow_name: run.workflow.name,
    head_branch: run.headBranch,
    run_url: `${base}/actions/runs/${run.id}`,
    run_attempt: job.attempt,
    node_id: nodeId("CheckRun", job.id),
    head_sha: run.headSha,
    url: `${base}/actions/jobs/${job.id}`,
    html_url: `${pageUrl(state, run.repository)}/actions/runs/${run.id}/job/${job.id}`,
    status: job.status,
    conclusion: job.conclusion,
    created_at: job.startedAt,
    started_at: job.startedAt,
    completed_at: job.completedAt,
    name: job.name,
    steps: job.steps.map(({ startedAt, completedAt, ...step }) => ({
      ...step,
      started_at: startedAt,
      completed_at: completedAt,
    })),
    check_run_url: `${base}/check-runs/${job.id}`,
    labels: job.labels,
    runner_id: 1,
    runner_name: "sandbox",
    runner_group_id: 1,
    runner_group_name: "Default",
  };
}

export function showArtifact(state: State, repo: Repo, artifact: Artifact) {
  const { id, run } = artifact;
  const url = `${repoUrl(state, repo)}/actions/artifacts/${id}`;
  return {
    id,
    node_id: nodeId("Artifact", id),
    name: artifact.name,
    size_in_bytes: artifact.size,
    url,
    archive_download_url: `${url}/zip`,
    expired: artifact.expired,
    digest: artifact.digest,
    created_at: artifact.createdAt,
    updated_at: artifact.createdAt,
    expires_at: artifact.expiresAt,
    workflow_run: {
      id: run.id,
      repository_id: repo.id,
      head_repository_id: run.headRepository.id,
      head_branch: run.headBranch,
      head_sha: run.headSha,
    },
  };
}
