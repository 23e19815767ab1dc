import { z } from "zod";
import { levelOf, reaches } from "../auth/levels.ts";
import { changedFiles, readCommits } from "../git/commits.ts";
import { created, list } from "../http/answer.ts";
import type { Call } from "../http/call.ts";
import { invalid, Refusal } from "../http/refusal.ts";
import type { AddRoute } from "../http/serve-api.ts";
import { closePull, tellOfPull } from "../pulls/follow-branch.ts";
import { mergePull } from "../pulls/merge.ts";
import { openPull } from "../pulls/open.ts";
import { forkPoint, refreshPull } from "../pulls/refresh.ts";
import type { Pull, Repo } from "../state.ts";
import { showCommit, showFile } from "../views/commit.ts";
import { showPull, showPullSimple } from "../views/pull.ts";
import { shaOf } from "./checks.ts";

const READ = { app: ["pull_requests:read"], person: "read" } as const;
const WRITE = { app: ["pull_requests:write"], person: "read" } as const;

const Text = z.string().min(1);
const NewPull = z.object({
  title: Text,
  head: Text,
  base: Text,
  body: z.string().nullish(),
  draft: z.boolean().optional(),
});
const Edit = NewPull.omit({ head: true, draft: true })
  .extend({ state: z.enum(["open", "closed"]) })
  .partial();
const Merge = z.object({
  commit_title: z.string().optional(),
  commit_message: z.string().optional(),
  sha: z.string().optional(),
  merge_method: z.enum(["merge", "squash", "rebase"]).default("merge"),
});

export function pullRoutes(on: AddRoute): void {
  on("POST pulls", WRITE, async (call) => {
    const { head, body = null, draft = false, ...wanted } = await call.body(NewPull);
    const pull = await openPull(call, { ...wanted, body, draft, head: headOf(call, head) });
    return created(call.show(showPull, pull));
  });
  on("GET pulls", READ, (call) => {
    const state = call.query("state") ?? "open";
    const found = [...call.repo.pulls.values()]
      .filter(({ issue }) => state === "all" || issue.state === state)
      .filter(
        ({ head, base }) => call.asks("head", `${head.repo.owner.login}:${head.ref}`) && call.asks("base", base.ref),
      );
    return list(call.query("direction") === "asc" ? found : found.reverse(), call.as(showPullSimple));
  });
  on("GET pulls/:number", READ, (call) => call.show(showPull, pullOf(call)));
  on("PATCH pulls/:number", WRITE, editPull);
  on("PUT pulls/:number/merge", { app: ["contents:write"], person: "write" }, async (call) => {
    const { sha, merge_method, commit_title: title, commit_message: message } = await call.body(Merge);
    const pull = pullOf(call);
    if (sha !== undefined && sha !== pull.head.sha) {
      throw new Refusal(409, "Head branch was modified. Review and try the merge again.");
    }
    const commit = await mergePull(call, pull, merge_method, { title, message });
    return { sha: commit, merged: true, message: "Pull Request successfully merged" };
  });
  on("GET pulls/:number/files", READ, async (call) => {
    const { head, ...pull } = pullOf(call);
    const files = await changedFiles(call.repo.folder, await forkPoint(call.repo, { head, ...pull }), head.sha);
    return list(files, (file) => showFile(call.state, call.repo, head.sha, file));
  });
  on("GET pulls/:number/commits", READ, async (call) =>
    list(await commitsOf(call.repo, pullOf(call)), call.as(showCommit)),
  );
  on("GET commits/:ref/pulls", READ, async (call) => {
    const sha = await shaOf(call);
    const found: Pull[] = [];
    for (const pull of call.repo.pulls.values()) {
      const merged = pull.mergedAt !== null && pull.mergeCommit === sha;
      if (merged || (await commitsOf(call.repo, pull)).some(({ id }) => id === sha)) found.push(pull);
    }
    return list(found, call.as(showPullSimple));
  });
}

const pullOf = (call: Call): Pull => call.pick(call.repo.pulls, "number");

/** A pull request's own commits, oldest first. */
async function commitsOf(repo: Repo, pull: Pull) {
  return readCommits(repo.folder, [`${await forkPoint(repo, pull)}..${pull.head.sha}`]);
}

/** `branch`, or `owner:branch` of a fork. */
function headOf({ state, repo }: Call, head: string): Pick<Pull["head"], "repo" | "ref"> {
  const [owner = "", ref] = head.split(":");
  if (ref === undefined) return { repo, ref: head };
  const family = [...state.repositories.values()].filter((one) => one === repo || one.parent === repo);
  const found = family.find((one) => one.owner.login.toLowerCase() === owner.toLowerCase());
  if (found === undefined) throw invalid({ resource: "PullRequest", code: "invalid", field: "head" });
  return { repo: found, ref };
}

async function editPull(call: Call) {
  const { state, repo, actor, account } = call;
  const pull = pullOf(call);
  const { issue } = pull;
  if (actor.kind === "user" && issue.user !== account && !reaches(levelOf(repo, account), "triage")) {
    throw new Refusal(403, "Must have triage access to this repository.");
  }
  const { title = issue.title, body = issue.body, base = pull.base.ref, state: wanted } = await call.body(Edit);
  const changes = {
    ...(title === issue.title ? {} : { title: { from: issue.title } }),
    ...(body === issue.body ? {} : { body: { from: issue.body ?? "" } }),
    ...(base === pull.base.ref ? {} : { base: { ref: { from: pull.base.ref }, sha: { from: pull.base.sha } } }),
  };
  if (Object.keys(changes).length > 0) {
    Object.assign(issue, { title, body, updatedAt: state.now() });
    pull.base.ref = base;
    if ("base" in changes) await refreshPull(repo, pull);
    tellOfPull(call, pull, "edited", { changes });
  }
  if (wanted === "closed" && issue.state === "open") closePull(call, pull);
  if (wanted === "open" && issue.state === "closed") await reopen(call, pull);
  return call.show(showPull, pull);
}

async function reopen(call: Call, pull: Pull): Promise<void> {
  const message = "state cannot be changed. The pull request was merged.";
  if (pull.mergedAt !== null) throw invalid({ resource: "PullRequest", code: "invalid", field: "state", message });
  Object.assign(pull.issue, { state: "open", closedAt: null, updatedAt: call.state.now() });
  await refreshPull(call.repo, pull);
  tellOfPull(call, pull, "reopened");
}
