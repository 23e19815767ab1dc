import type { CheckRun, CheckSuite, Conclusion, Pull, Repo, State, Status } from "../state.ts";
import { showApp } from "./app.ts";
import { showCommitSimple } from "./commit.ts";
import { nodeId } from "./links.ts";
import { showPullRef } from "./pull.ts";
import { pageUrl, repoUrl, showRepositoryLite } from "./repository.ts";

/** Open pull requests of this repository's own branches with that head: a fork's are not linked, as on GitHub. */
function pullsOf(repo: Repo, headSha: string): Pull[] {
  const fits = ({ head, issue }: Pull) => head.sha === headSha && head.repo === repo && issue.state === "open";
  return [...repo.pulls.values()].filter(fits);
}

const checksOf = (repo: Repo, suite: CheckSuite) => [...repo.checks.values()].filter((check) => check.suite === suite);

/** A suite is what its checks are. */
function suiteState(checks: readonly CheckRun[]): { status: Status; conclusion: Conclusion | null } {
  if (checks.length === 0) return { status: "queued", conclusion: null };
  if (checks.some((check) => check.status !== "completed")) return { status: "in_progress", conclusion: null };
  const bad = checks.find(({ conclusion }) => !["success", "neutral", "skipped"].includes(conclusion ?? ""));
  return { status: "completed", conclusion: bad?.conclusion ?? "success" };
}

function showSuiteCore(state: State, repo: Repo, suite: CheckSuite) {
  const { id, headBranch, headSha, before, app, createdAt, updatedAt } = suite;
  return {
    ...{ id, node_id: nodeId("CheckSuite", id), url: `${repoUrl(state, repo)}/check-suites/${id}` },
    ...{ head_branch: headBranch, head_sha: headSha, before, after: headSha, app: showApp(state, app) },
    ...suiteState(checksOf(repo, suite)),
    pull_requests: pullsOf(repo, headSha).map((pull) => showPullRef(state, repo, pull)),
    ...{ created_at: createdAt, updated_at: updatedAt },
  };
}

/** The form of webhooks. */
export function showSuite(state: State, repo: Repo, suite: CheckSuite) {
  const core = showSuiteCore(state, repo, suite);
  const checks = { latest_check_runs_count: checksOf(repo, suite).length, check_runs_url: `${core.url}/check-runs` };
  return { ...core, ...checks, head_commit: showCommitSimple(suite.headCommit) };
}

/** The form of REST. */
export function showFullSuite(state: State, repo: Repo, suite: CheckSuite) {
  return { ...showSuite(state, repo, suite), repository: showRepositoryLite(state, repo) };
}

export function showCheck(state: State, repo: Repo, check: CheckRun) {
  const { id, suite, name, externalId, status, conclusion, startedAt, completedAt, output, annotations } = check;
  const url = `${repoUrl(state, repo)}/check-runs/${id}`;
  const html_url = `${pageUrl(state, repo)}/runs/${id}`;
  const { headSha, app } = suite;
  return {
    ...{ id, node_id: nodeId("CheckRun", id), url, html_url, details_url: check.detailsUrl ?? html_url },
    ...{ head_sha: headSha, name, external_id: externalId, status, conclusion },
    ...{ started_at: startedAt, completed_at: completedAt, app: showApp(state, app) },
    output: { ...output, annotations_count: annotations.length, annotations_url: `${url}/annotations` },
    check_suite: showSuiteCore(state, repo, suite),
    pull_requests: pullsOf(repo, headSha).map((pull) => showPullRef(state, repo, pull)),
  };
}
