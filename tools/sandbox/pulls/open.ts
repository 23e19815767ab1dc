import { type Doing, senderOf } from "../doing.ts";
import { commitOf } from "../git/run.ts";
import { invalid } from "../http/refusal.ts";
import type { Issue, Pull } from "../state.ts";
import { tellOfPull } from "./follow-branch.ts";
import { refreshPull } from "./refresh.ts";

export function addIssue(doing: Doing, title: string, body: string | null): Issue {
  const { state, repo } = doing;
  const times = { createdAt: state.now(), updatedAt: state.now(), closedAt: null };
  const number = repo.nextNumber++;
  const about = { title, body, user: senderOf(doing), state: "open" } as const;
  const issue: Issue = { id: state.nextId(), number, ...about, ...times, labels: [] };
  repo.issues.set(number, issue);
  return issue;
}

export interface NewPull {
  title: string;
  body: string | null;
  base: string;
  head: Pick<Pull["head"], "repo" | "ref">;
  draft: boolean;
}

/** Opens a pull request. Rejects with 422 if a branch is missing, nothing differs, or one is open already. */
export async function openPull(doing: Doing, { title, body, head, base, draft }: NewPull): Promise<Pull> {
  const { state, repo } = doing;
  const sha = await commitOf(head.repo.folder, `refs/heads/${head.ref}`);
  const baseSha = await commitOf(repo.folder, `refs/heads/${base}`);
  const resource = "PullRequest";
  if (sha === undefined) throw invalid({ resource, code: "invalid", field: "head" });
  if (baseSha === undefined) throw invalid({ resource, code: "invalid", field: "base" });
  const twin = [...repo.pulls.values()].some(
    ({ issue, head: one, base: { ref } }) =>
      issue.state === "open" && one.repo === head.repo && one.ref === head.ref && ref === base,
  );
  const exists = twin && `A pull request already exists for ${head.repo.owner.login}:${head.ref}.`;
  const message = exists || (sha === baseSha && `No commits between ${base} and ${head.ref}`);
  if (message) throw invalid({ resource, code: "custom", message });
  const issue = addIssue(doing, title, body);
  const pull: Pull = {
    id: state.nextId(),
    number: issue.number,
    issue,
    draft,
    head: { ...head, sha },
    base: { ref: base, sha: baseSha },
    mergeCommit: null,
    mergeable: null,
    size: { commits: 0, additions: 0, deletions: 0, changedFiles: 0 },
    mergedAt: null,
    mergedBy: null,
  };
  await refreshPull(repo, pull);
  repo.pulls.set(pull.number, pull);
  tellOfPull(doing, pull, "opened");
  return pull;
}
