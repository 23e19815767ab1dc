import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { openRunRepository } from "../../../actions/job/repository.ts";
import { REGISTRY_REF } from "../../../core/registry/paths.ts";
import type { CommitId } from "../../../schemas/names.ts";
import { gitIn, workRepository } from "../../registry/repositories.ts";
import { temporaryFolder } from "../../runtime/temporary.ts";

/** What a job of a repository with these branches besides main brings, and which refs it has then. */
async function brought(branches: readonly string[]) {
  const url = await workRepository();
  for (const branch of branches) await gitIn(url, "branch", branch);
  const commit = (await gitIn(url, "rev-parse", "main")).trim() as CommitId;
  const folder = temporaryFolder();
  const repository = await openRunRepository(folder, { url, defaultBranch: "main" }, "");
  onTestFinished(() => repository.close());
  const { tip, registry } = await repository.bringRun(commit);
  const refs = await gitIn(join(folder, "repository.git"), "for-each-ref", "--format=%(refname)");
  return { commit, tip, refs: refs.trim().split("\n"), registry: await registry.snapshot() };
}

it("brings the commit, the tip and the registry, and no other branch, whatever it is called", async () => {
  const others = ["registry-policy", "registr/strategy", "experiments"];
  const { commit, tip, refs } = await brought(["registry", ...others]);
  expect(tip).toBe(commit);
  expect(refs.filter((ref) => !ref.startsWith("refs/remotes/origin/"))).toEqual([
    REGISTRY_REF,
    `refs/slipway/run/${commit}`,
  ]);
  expect(refs.filter((ref) => ref.startsWith("refs/remotes/origin/")).sort()).toEqual(
    ["refs/remotes/origin/main", "refs/remotes/origin/registry"].sort(),
  );
});

it("brings commit and tip where nothing is registered, and takes no other branch for the registry", async () => {
  const { commit, tip, registry } = await brought(["registry-policy", "registr/y"]);
  expect(tip).toBe(commit);
  expect(registry.commit).toBeUndefined();
});
