import { askGit } from "../git/run.ts";
import { Answer } from "../http/answer.ts";
import { notFound } from "../http/refusal.ts";
import type { AddRoute } from "../http/serve-api.ts";
import { nodeId } from "../views/links.ts";
import { repoUrl, showFullRepository } from "../views/repository.ts";
import { createRepository, findRepo } from "../world/repositories.ts";

export function repositoryRoutes(on: AddRoute): void {
  on("GET ", { app: ["metadata:read"], person: "read" }, ({ state, repo }) => showFullRepository(state, repo));
  on("POST forks", { person: "read" }, async ({ state, repo, account: owner }) => {
    const { name, folder: source } = repo;
    const known = findRepo(state, `${owner.login}/${name}`);
    const fork = known ?? (await createRepository(state, { owner, name, source, parent: repo }));
    return new Answer(202, showFullRepository(state, fork));
  });
  on("GET git/ref/:ref{.+}", { app: ["contents:read"], person: "read" }, async (call) => {
    const { folder } = call.repo;
    const ref = `refs/${call.param("ref")}`;
    const sha = await askGit(folder, ["rev-parse", "--verify", "--quiet", "--end-of-options", ref]);
    if (sha === undefined) throw notFound();
    const type = await askGit(folder, ["cat-file", "-t", sha]);
    const git = `${repoUrl(call.state, call.repo)}/git`;
    return {
      ref,
      node_id: nodeId("Ref", ref),
      url: `${git}/${ref}`,
      object: { type, sha, url: `${git}/${type}s/${sha}` },
    };
  });
}
