import type { CheckRun, CheckSuite, Conclusion, Pull, Repo, State, Status } from "../state.ts";
import { nodeId } from "./account.ts";
import { showApp } from "./app.ts";
import { showCommitSimple } from "./commit.ts";
import { showPullRef } from "./pull.ts";
import { pageUrl, repoUrl, showRepositoryLite } from "./repository.ts";

/** Open pull requests of this repository's own branches with that head: a fork's are not linked, as on GitHub. */
export function pullsOf(repo: Repo, headSha: string): Pull[] {
  return [...repo.pulls.values()].filter(
    ({ head, issue }) => head.sha === headSha && head.repo === repo && issue.state === "open",
  );
}

export const checksOf = (repo: Repo, suite: CheckSuite): CheckRun[] =>
  [...repo.checks.values()].filter((check) => check.suite === suite);

/** A suite is what its newest checks are. */
export function suiteState(checks: readonly CheckRun[]): { status: Status; conclusion: Conclusion | null } {
  if (checks.length === 0) return { status: "queued", conclusion: null };
  if (checks.some((check) => check.status !== "completed")) return { status: "in_progress", conclusion: null };
  const bad = checks.find(({ conclusion }) => !["success", "neutral", "skipped"].includes(conclusion ?? ""));
  return { status: "completed", conclusion: bad?.conclusion ?? "success" };
}

function showSuiteCore(state: State, repo: Repo, suite: CheckSuite) {
  return {
    id: suite.id,
    node_id: nodeId("CheckSuite", suite.id),
    head_branch: suite.headBranch,
    head_sha: suite.headSha,
    ...suiteState(checksOf(repo, suite)),
    url: `${repoUrl(state, repo)}/check-suites/${suite.id}`,
    before: suite.before,
    after: suite.headSha,
    pull_requests: pullsOf(repo, suite.headSha).map((pull) => showPullRef(state, repo, pull)),
    app: showApp(state, suite.app),
    created_at: suite.createdAt,
    updated_at: suite.updatedAt,
  };
}

/** The form of webhooks. */
export function showSuite(state: State, repo: Repo, suite: CheckSuite) {
  return {
    ...showSuiteCore(state, repo, suite),
    latest_check_runs_count: checksOf(repo, suite).length,
    check_runs_url: `${repoUrl(state, repo)}/check-suites/${suite.id}/check-runs`,
    head_commit: showCommitSimple(suite.headCommit),
  };
}

/** The form of REST. */
export const showFullSuite = (state: State, repo: Repo, suite: CheckSuite) => ({
  ...showSuite(state, repo, suite),
  repository: showRepositoryLite(state, repo),
});

export function showCheck(state: State, repo: Repo, check: CheckRun) {
  const url = `${repoUrl(state, repo)}/check-runs/${check.id}`;
  const page = `${pageUrl(state, repo)}/runs/${check.id}`;
  const { headSha, app } = check.suite;
  return {
    id: check.id,
    node_id: nodeId("CheckRun", check.id),
    head_sha: headSha,
    name: check.name,
    external_id: check.externalId,
    url,
    html_url: page,
    details_url: check.detailsUrl ?? page,
    status: check.status,
    conclusion: check.conclusion,
    started_at: check.startedAt,
    completed_at: check.completedAt,
    output: { ...check.output, annotations_count: check.annotations.length, annotations_url: `${url}/annotations` },
    check_suite: showSuiteCore(state, repo, check.suite),
    app: showApp(state, app),
    pull_requests: pullsOf(repo, headSha).map((pull) => showPullRef(state, repo, pull)),
  };
}
