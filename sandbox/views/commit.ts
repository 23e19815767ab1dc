import type { ChangedFile } from "../git/commits.ts";
import type { Commit, Repo, Signature, State } from "../state.ts";
import { nodeId } from "./account.ts";
import { pageUrl, repoUrl } from "./repository.ts";

const person = ({ name, email }: Signature) => ({ name, email });

/** The form of runs, suites and merge groups. */
export function showCommitSimple({ id, tree, message, author, committer }: Commit) {
  return {
    id,
    tree_id: tree,
    message,
    timestamp: committer.date,
    author: person(author),
    committer: person(committer),
  };
}

/** The form of a push. */
export function showPushedCommit(state: State, repo: Repo, commit: Commit, files: readonly ChangedFile[]) {
  const paths = (status: string) => files.filter((file) => file.status === status).map((file) => file.path);
  return {
    ...showCommitSimple(commit),
    distinct: true,
    url: `${pageUrl(state, repo)}/commit/${commit.id}`,
    added: paths("added"),
    removed: paths("removed"),
    modified: paths("modified"),
  };
}

const UNVERIFIED = { verified: false, reason: "unsigned", signature: null, payload: null, verified_at: null };

/** The form of `/git/commits/:sha`. */
export function showGitCommit(state: State, repo: Repo, commit: Commit) {
  const url = (kind: string, id: string) => `${repoUrl(state, repo)}/git/${kind}/${id}`;
  const page = (id: string) => `${pageUrl(state, repo)}/commit/${id}`;
  return {
    sha: commit.id,
    node_id: nodeId("Commit", commit.id),
    url: url("commits", commit.id),
    html_url: page(commit.id),
    author: commit.author,
    committer: commit.committer,
    tree: { sha: commit.tree, url: url("trees", commit.tree) },
    message: commit.message,
    parents: commit.parents.map((sha) => ({ sha, url: url("commits", sha), html_url: page(sha) })),
    verification: UNVERIFIED,
  };
}

/** The form of `/commits/:ref` and of a pull request's commits. */
export function showCommit(state: State, repo: Repo, commit: Commit) {
  const { sha, node_id, html_url, author, committer, tree, message, parents } = showGitCommit(state, repo, commit);
  const url = `${repoUrl(state, repo)}/commits/${sha}`;
  return {
    sha,
    node_id,
    url,
    html_url,
    comments_url: `${url}/comments`,
    commit: {
      url: `${repoUrl(state, repo)}/git/commits/${sha}`,
      author,
      committer,
      message,
      tree,
      comment_count: 0,
      verification: UNVERIFIED,
    },
    author: null,
    committer: null,
    parents,
  };
}

/** The form of a pull request's files. */
export function showFile(state: State, repo: Repo, commit: string, file: ChangedFile) {
  const path = file.path.split("/").map(encodeURIComponent).join("/");
  return {
    sha: file.blob,
    filename: file.path,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: `${pageUrl(state, repo)}/blob/${commit}/${path}`,
    raw_url: `${pageUrl(state, repo)}/raw/${commit}/${path}`,
    contents_url: `${repoUrl(state, repo)}/contents/${path}?ref=${commit}`,
  };
}
