import { openRequests } from "../../../core/acts/open-requests.ts";
import type { GitObjects } from "../../../core/git/objects.ts";
import type { CatalogModel } from "../../../core/registry/catalog.ts";
import { folderInside } from "../../../core/registry/paths.ts";
import { readSnapshot, treesOf } from "../../../core/registry/snapshot.ts";
import type { CommitId } from "../../../schemas/names.ts";
import type { PromotionRequest } from "../../../schemas/promotion-request.ts";

const NONE: readonly PromotionRequest[] = [];

/** The requests that wait for approvals, of each model in turn. Only a model that somebody ever asked for is looked at. */
export async function waitingRequests(
  objects: GitObjects,
  commit: CommitId,
  models: readonly CatalogModel[],
): Promise<(readonly PromotionRequest[])[]> {
  const folder = folderInside("request");
  const trees = await treesOf(
    objects,
    models.map((model) => ({ id: model.folder })),
  );
  const snapshot = await readSnapshot(objects, commit);
  return Promise.all(
    models.map(async ({ name }, at) => {
      const isAsked = trees[at]?.some((item) => item.name === folder) === true;
      return isAsked ? openRequests(snapshot, { model: name }) : NONE;
    }),
  );
}
