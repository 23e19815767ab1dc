import { DEPLOY_REF } from "../../../core/acts/deploy.ts";
import { deployFolder } from "../../../core/deploy/names.ts";
import { openSharedBranch } from "../../../core/git/shared-branch.ts";
import { lineageOf } from "../../../core/registry/lineage.ts";
import { type LineageGraph, lineageGraph, type StageStay } from "../../../core/report/lineage-graph.ts";
import type { Lineage } from "../../../schemas/lineage.ts";
import type { CommitId } from "../../../schemas/names.ts";
import { modelIndex } from "../model-index/open-index.ts";
import type { PageRequest } from "../request/page.ts";
import { modelNamed, type ShownVersion, versionIn, versionNumber } from "../versions/load-version.ts";

export interface ShownLineage {
  shown: ShownVersion;
  lineage: Lineage;
  graph: LineageGraph;
  stays: StageStay[];
  /** The newest commit of the branch `deploy`; undefined without one. */
  deploy: CommitId | undefined;
}

/** What `?model=&version=` names, by default what is live in the stage that counts most, else the newest. Rejects with MODEL_UNKNOWN or VERSION_UNKNOWN. */
export async function loadLineage(request: PageRequest): Promise<ShownLineage> {
  const { host, query } = request;
  const catalog = await request.catalog();
  const model = await modelNamed(catalog, query.get("model") ?? "");
  const { record } = model;
  const asked = query.get("version") ?? "";
  const { stages: inOrder } = await modelIndex(host).setup();
  const live = inOrder.flatMap((stage) => record.stages[stage] ?? []).at(-1);
  const version = asked === "" ? (live?.version ?? record.latest_version) : versionNumber(asked);
  const shown = await versionIn(request, catalog, model, version);
  const lineage = await lineageOf(shown.snapshot, shown.manifest, shown.allDecisions);
  const { objects, remote } = host.ports;
  const deploy = await openSharedBranch(objects, remote, DEPLOY_REF).tip();
  const stages = [...new Set(shown.decisions.flatMap((each) => (each.outcome === "promoted" ? [each.stage] : [])))];
  const stays = await Promise.all(
    stages.map(async (stage): Promise<StageStay> => {
      const isLive = record.stages[stage]?.version === shown.version;
      const folder = `${deploy}:${deployFolder(model.name, stage)}`;
      const isDescribed = isLive && deploy !== undefined && (await objects.tree(folder)) !== undefined;
      return { stage, isLive, deployment: isDescribed ? `deploy ${deploy.slice(0, 10)}` : undefined };
    }),
  );
  const graph = lineageGraph({ model: model.displayName, version: shown.version, lineage }, stays);
  return { shown, lineage, graph, stays, deploy };
}
