import { z } from "zod";
import { levelOf, reaches } from "../auth/levels.ts";
import { type ChangedFile, changedFiles, readCommits } from "../git/commits.ts";
import { commitOf } from "../git/run.ts";
import type { Call, Route } from "../http/call.ts";
import { invalid, notFound, Refusal } from "../http/refusal.ts";
import { closePull, tellOfPull } from "../pulls/follow-branch.ts";
import { mergePull } from "../pulls/merge.ts";
import { openPull } from "../pulls/open.ts";
import { forkPoint, refreshPull } from "../pulls/refresh.ts";
import type { Commit, Pull, Repo, State } from "../state.ts";
import { showCommit, showFile } from "../views/commit.ts";
import { showPull, showPullSimple } from "../views/pull.ts";

const READ = { app: ["pull_requests:read"], person: "read" } as const;

const NewPull = z.object({
  title: z.string().min(1),
  head: z.string(),
  base: z.string(),
  body: z.string().nullish(),
  draft: z.boolean().optional(),
});
const PullEdit = z.object({
  title: z.string().min(1).optional(),
  body: z.string().nullish(),
  state: z.enum(["open", "closed"]).optional(),
  base: z.string().optional(),
});
const Merge = z.object({
  commit_title: z.string().optional(),
  commit_message: z.string().optional(),
  sha: z.string().optional(),
  merge_method: z.enum(["merge", "squash", "rebase"]).default("merge"),
});

export const pullRoutes: readonly Route[] = [
  {
    on: "POST /repos/:owner/:repo/pulls",
    needs: { app: ["pull_requests:write"], person: "read" },
    handle: async (call) => {
      const { state, repo, account, actor } = call;
      const { head, body = null, draft = false, ...wanted } = await call.body(NewPull);
      const end = headOf(state, repo, head);
      const pull = await openPull(state, repo, account, actor, { ...wanted, body, draft, head: end });
      return { status: 201, body: showPull(state, repo, pull) };
    },
  },
  {
    on: "GET /repos/:owner/:repo/pulls",
    needs: READ,
    handle: (call) => {
      const [wanted = "open", head, base] = [call.query("state"), call.query("head"), call.query("base")];
      const list = [...call.repo.pulls.values()]
        .filter(({ issue }) => wanted === "all" || issue.state === wanted)
        .filter((pull) => head === undefined || head === `${pull.head.repo.owner.login}:${pull.head.ref}`)
        .filter((pull) => base === undefined || base === pull.base.ref);
      if (call.query("direction") !== "asc") list.reverse();
      return { list, show: (pull: Pull) => showPullSimple(call.state, call.repo, pull) };
    },
  },
  {
    on: "GET /repos/:owner/:repo/pulls/:number",
    needs: READ,
    handle: (call) => ({ body: showPull(call.state, call.repo, pullOf(call)) }),
  },
  {
    on: "PATCH /repos/:owner/:repo/pulls/:number",
    needs: { app: ["pull_requests:write"], person: "read" },
    handle: editPull,
  },
  {
    on: "PUT /repos/:owner/:repo/pulls/:number/merge",
    needs: { app: ["contents:write"], person: "write" },
    handle: async (call) => {
      const pull = pullOf(call);
      const { sha, merge_method, commit_title: title, commit_message: message } = await call.body(Merge);
      if (sha !== undefined && sha !== pull.head.sha) {
        throw new Refusal(409, "Head branch was modified. Review and try the merge again.");
      }
      const commit = await mergePull(call.state, call.repo, pull, call, merge_method, { title, message });
      return { body: { sha: commit, merged: true, message: "Pull Request successfully merged" } };
    },
  },
  {
    on: "GET /repos/:owner/:repo/pulls/:number/files",
    needs: READ,
    handle: async (call) => {
      const pull = pullOf(call);
      const list = await changedFiles(call.repo.folder, await forkPoint(call.repo, pull), pull.head.sha);
      return { list, show: (file: ChangedFile) => showFile(call.state, call.repo, pull.head.sha, file) };
    },
  },
  {
    on: "GET /repos/:owner/:repo/pulls/:number/commits",
    needs: READ,
    handle: async (call) => {
      const pull = pullOf(call);
      const list = await readCommits(call.repo.folder, [`${await forkPoint(call.repo, pull)}..${pull.head.sha}`]);
      return { list, show: (commit: Commit) => showCommit(call.state, call.repo, commit) };
    },
  },
  {
    on: "GET /repos/:owner/:repo/commits/:sha/pulls",
    needs: READ,
    handle: async (call) => {
      const sha = await commitOf(call.repo.folder, call.param("sha"));
      if (sha === undefined) throw new Refusal(422, `No commit found for SHA: ${call.param("sha")}`);
      const list: Pull[] = [];
      for (const pull of call.repo.pulls.values()) if (await holds(call.repo, pull, sha)) list.push(pull);
      return { list, show: (pull: Pull) => showPullSimple(call.state, call.repo, pull) };
    },
  },
];

/** Whether a commit came by a pull request: it is what the button made of it, or one of its own. */
async function holds(repo: Repo, pull: Pull, sha: string): Promise<boolean> {
  if (pull.mergedAt !== null && pull.mergeCommit === sha) return true;
  const own = await readCommits(repo.folder, [`${await forkPoint(repo, pull)}..${pull.head.sha}`]);
  return pull.head.sha === sha || own.some(({ id }) => id === sha);
}

export function pullOf(call: Call): Pull {
  const pull = call.repo.pulls.get(call.number("number"));
  if (pull === undefined) throw notFound();
  return pull;
}

/** `branch`, or `owner:branch` of a fork. */
function headOf(state: State, repo: Repo, head: string): { repo: Repo; ref: string } {
  const [owner = "", ref] = head.split(":");
  if (ref === undefined) return { repo, ref: head };
  const family = [...state.repositories.values()].filter((one) => one === repo || one.parent === repo);
  const found = family.find((one) => one.owner.login.toLowerCase() === owner.toLowerCase());
  if (found === undefined) throw invalid("PullRequest", "invalid", "head");
  return { repo: found, ref };
}

async function editPull(call: Call) {
  const { state, repo, actor, account } = call;
  const pull = pullOf(call);
  const { issue } = pull;
  const may = actor.kind !== "user" || issue.user === account || reaches(levelOf(repo, account), "triage");
  if (!may) throw new Refusal(403, "Must have triage access to this repository.");
  const edit = await call.body(PullEdit);
  const changes: Record<string, unknown> = {};
  if (edit.title !== undefined && edit.title !== issue.title) {
    changes["title"] = { from: issue.title };
    issue.title = edit.title;
  }
  if (edit.body !== undefined && edit.body !== issue.body) {
    changes["body"] = { from: issue.body ?? "" };
    issue.body = edit.body;
  }
  if (edit.base !== undefined && edit.base !== pull.base.ref) {
    changes["base"] = { ref: { from: pull.base.ref }, sha: { from: pull.base.sha } };
    pull.base.ref = edit.base;
    await refreshPull(repo, pull);
  }
  if (Object.keys(changes).length > 0) {
    issue.updatedAt = state.now();
    tellOfPull(state, repo, pull, "edited", actor, { changes });
  }
  if (edit.state === "closed" && issue.state === "open") closePull(state, repo, pull, actor);
  if (edit.state === "open" && issue.state === "closed") await reopen(call, pull);
  return { body: showPull(state, repo, pull) };
}

async function reopen({ state, repo, actor }: Call, pull: Pull): Promise<void> {
  if (pull.mergedAt !== null)
    throw invalid("PullRequest", "invalid", "state", "state cannot be changed. The pull request was merged.");
  Object.assign(pull.issue, { state: "open", closedAt: null, updatedAt: state.now() });
  await refreshPull(repo, pull);
  tellOfPull(state, repo, pull, "reopened", actor);
}
