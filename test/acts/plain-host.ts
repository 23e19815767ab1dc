import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Ports } from "../../core/acts/ports.ts";
import { openObjects } from "../../core/git/objects.ts";
import { openWorkspace } from "../../core/git/workspace.ts";
import { registryOn } from "../../core/registry/open.ts";
import { verifyRegistry } from "../../core/registry/verify.ts";
import { openFolderStore } from "../../core/stores/file/folder.ts";
import { makeRepository } from "../helpers/repository.ts";
import { storeArtifact } from "../registry/builders.ts";
import { gitIn } from "../registry/repositories.ts";

/** A plain repository with one commit, as the command line and `serve-registry` find it, and a clock that stands still. */
export async function plainHost(files: Record<string, string> = {}, about: Partial<Ports> = {}): Promise<Ports> {
  const repository = await makeRepository({ ".gitignore": ".slipway/\n", ...files });
  onTestFinished(() => repository.end());
  await repository.commit();
  const objects = await openObjects(repository.folder);
  onTestFinished(() => objects.close());
  const store = openFolderStore(join(repository.folder, ".slipway/store"), "file:.slipway/store");
  await storeArtifact(store);
  return {
    ...{ name: "mlflow", identifiesUsers: false, runsUserCode: false, remote: undefined, objects },
    workspace: await openWorkspace(repository.folder),
    registry: await registryOn(objects, undefined, undefined),
    store,
    clock: () => new Date("2026-03-01T09:00:00Z"),
    ...about,
  };
}

/** What `verify` finds in the host's registry. */
export async function findings({ workspace }: Ports): Promise<string[]> {
  const { findings: found } = await verifyRegistry({ folder: workspace.folder });
  return found.map(({ code, message }) => `${code}: ${message}`);
}

/** The tags of a model, sorted. */
export async function tagsOf({ workspace }: Ports, model: string): Promise<string[]> {
  const tags = await gitIn(workspace.folder, "for-each-ref", "--format=%(refname:short)", `refs/tags/${model}*`);
  return tags.split("\n").filter(Boolean).sort();
}
