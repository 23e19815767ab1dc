import type { ChangedFile } from "../git/commits.ts";
import type { Commit, Repo, Signature, State } from "../state.ts";
import { nodeId } from "./links.ts";
import { pageUrl, repoUrl } from "./repository.ts";

const person = ({ name, email }: Signature) => ({ name, email });

/** The form of runs, suites and merge groups. */
export function showCommitSimple({ id, tree, message, author, committer }: Commit) {
  const people = { author: person(author), committer: person(committer) };
  return { id, tree_id: tree, message, timestamp: committer.date, ...people };
}

/** The form of a push. */
export function showPushedCommit(state: State, repo: Repo, commit: Commit, files: readonly ChangedFile[]) {
  const paths = (status: string) => files.filter((file) => file.status === status).map((file) => file.path);
  const lists = { added: paths("added"), removed: paths("removed"), modified: paths("modified") };
  return { ...showCommitSimple(commit), distinct: true, url: `${pageUrl(state, repo)}/commit/${commit.id}`, ...lists };
}

const UNVERIFIED = { verified: false, reason: "unsigned", signature: null, payload: null, verified_at: null };

/** The form of a pull request's commits. */
export function showCommit(state: State, repo: Repo, { id: sha, tree, parents, message, author, committer }: Commit) {
  const api = repoUrl(state, repo);
  const html = (commit: string) => `${pageUrl(state, repo)}/commit/${commit}`;
  const url = `${api}/commits/${sha}`;
  return {
    ...{ sha, node_id: nodeId("Commit", sha), url, html_url: html(sha), comments_url: `${url}/comments` },
    commit: {
      ...{ url: `${api}/git/commits/${sha}`, author, committer, message, comment_count: 0, verification: UNVERIFIED },
      tree: { sha: tree, url: `${api}/git/trees/${tree}` },
    },
    ...{ author: null, committer: null },
    parents: parents.map((parent) => ({ sha: parent, url: `${api}/commits/${parent}`, html_url: html(parent) })),
  };
}

/** The form of a pull request's files. */
export function showFile(state: State, repo: Repo, commit: string, { blob, path, ...file }: ChangedFile) {
  const { status, additions, deletions } = file;
  const at = path.split("/").map(encodeURIComponent).join("/");
  return {
    ...{ sha: blob, filename: path, status, additions, deletions, changes: additions + deletions },
    blob_url: `${pageUrl(state, repo)}/blob/${commit}/${at}`,
    raw_url: `${pageUrl(state, repo)}/raw/${commit}/${at}`,
    contents_url: `${repoUrl(state, repo)}/contents/${at}?ref=${commit}`,
  };
}
