import { z } from "zod";
import { readCommit } from "../git/commits.ts";
import { askGit, commitOf } from "../git/run.ts";
import type { Call, Route } from "../http/call.ts";
import { invalid, notFound, Refusal } from "../http/refusal.ts";
import { receivePush } from "../pulls/receive-push.ts";
import { forwardOnly, NO_OBJECT, violation } from "../rules/enforce.ts";
import { nodeId } from "../views/account.ts";
import { showCommit, showGitCommit } from "../views/commit.ts";
import { repoUrl, showFullRepository } from "../views/repository.ts";
import { createRepository, findRepo } from "../world/repositories.ts";

const READ = { app: ["contents:read"], person: "read" } as const;
const WRITE = { app: ["contents:write"], person: "write" } as const;
const Sha = z.string().regex(/^[0-9a-f]{40}$/);

/** A repository, its forks, its refs and commits. */
export const repositoryRoutes: readonly Route[] = [
  {
    on: "GET /repos/:owner/:repo",
    needs: { app: ["metadata:read"], person: "read" },
    handle: ({ state, repo }) => ({ body: showFullRepository(state, repo) }),
  },
  {
    on: "POST /repos/:owner/:repo/forks",
    needs: { person: "read" },
    handle: async ({ state, repo, account }) => {
      const name = repo.name;
      const known = findRepo(state, `${account.login}/${name}`);
      const fork =
        known ?? (await createRepository(state, { owner: account, name, source: repo.folder, parent: repo }));
      return { status: 202, body: showFullRepository(state, fork) };
    },
  },
  {
    on: "GET /repos/:owner/:repo/commits/:ref{.+}",
    needs: READ,
    handle: async (call) => {
      const sha = await commitOf(call.repo.folder, call.param("ref"));
      if (sha === undefined) throw new Refusal(422, `No commit found for SHA: ${call.param("ref")}`);
      return { body: { ...showCommit(call.state, call.repo, await readCommit(call.repo.folder, sha)), files: [] } };
    },
  },
  {
    on: "GET /repos/:owner/:repo/git/commits/:sha",
    needs: READ,
    handle: async (call) => {
      const sha = await commitOf(call.repo.folder, call.param("sha"));
      if (sha === undefined) throw notFound();
      return { body: showGitCommit(call.state, call.repo, await readCommit(call.repo.folder, sha)) };
    },
  },
  {
    on: "GET /repos/:owner/:repo/git/ref/:ref{.+}",
    needs: READ,
    handle: (call) => showRef(call, `refs/${call.param("ref")}`),
  },
  {
    on: "POST /repos/:owner/:repo/git/refs",
    needs: WRITE,
    handle: async (call) => {
      const { ref, sha } = await call.body(z.object({ ref: z.string().regex(/^refs\/(heads|tags)\/./), sha: Sha }));
      if ((await objectAt(call, ref)) !== NO_OBJECT) throw new Refusal(422, "Reference already exists");
      await moveRef(call, ref, NO_OBJECT, sha, true);
      return { ...(await showRef(call, ref)), status: 201 };
    },
  },
  {
    on: "PATCH /repos/:owner/:repo/git/refs/:ref{.+}",
    needs: WRITE,
    handle: async (call) => {
      const { sha, force = false } = await call.body(z.object({ sha: Sha, force: z.boolean().optional() }));
      const ref = `refs/${call.param("ref")}`;
      const old = await objectAt(call, ref);
      if (old === NO_OBJECT) throw new Refusal(422, "Reference does not exist");
      await moveRef(call, ref, old, sha, force);
      return showRef(call, ref);
    },
  },
  {
    on: "DELETE /repos/:owner/:repo/git/refs/:ref{.+}",
    needs: WRITE,
    handle: async (call) => {
      const ref = `refs/${call.param("ref")}`;
      const old = await objectAt(call, ref);
      if (old === NO_OBJECT) throw new Refusal(422, "Reference does not exist");
      await moveRef(call, ref, old, NO_OBJECT, true);
      return { status: 204 };
    },
  },
];

async function objectAt({ repo }: Call, ref: string): Promise<string> {
  return (await askGit(repo.folder, ["rev-parse", "--verify", "--quiet", "--end-of-options", ref])) ?? NO_OBJECT;
}

async function showRef(call: Call, ref: string) {
  const sha = await objectAt(call, ref);
  if (sha === NO_OBJECT) throw notFound();
  const type = await askGit(call.repo.folder, ["cat-file", "-t", sha]);
  const git = `${repoUrl(call.state, call.repo)}/git`;
  const object = { type, sha, url: `${git}/${type}s/${sha}` };
  return { body: { ref, node_id: nodeId("Ref", `${call.repo.id}:${ref}`), url: `${git}/${ref}`, object } };
}

/** Moves a ref as a push would: under the same rules, and with what follows from it. */
async function moveRef(
  { state, repo, actor }: Call,
  ref: string,
  old: string,
  to: string,
  force: boolean,
): Promise<void> {
  const against = violation(state, repo, actor, { ref, old, new: to });
  if (against !== undefined) throw new Refusal(422, against);
  if (to !== NO_OBJECT && (await commitOf(repo.folder, to)) === undefined) {
    throw invalid("Reference", "invalid", "sha", "Object does not exist");
  }
  if (old !== NO_OBJECT && to !== NO_OBJECT && (!force || forwardOnly(state, repo, actor, ref))) {
    const forward = await askGit(repo.folder, ["merge-base", "--is-ancestor", old, to]);
    if (forward === undefined) throw new Refusal(422, "Update is not a fast forward");
  }
  const done = await askGit(repo.folder, ["update-ref", ref, to, old]);
  if (done === undefined) throw new Refusal(409, "Reference was modified meanwhile");
  await receivePush(state, repo, actor, [{ ref, old, new: to }]);
}
