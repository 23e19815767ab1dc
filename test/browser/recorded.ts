import { dirname, join } from "node:path";
import { localRuns } from "../../core/acts/local-runs-here.ts";
import { type GitObjects, openObjects } from "../../core/git/objects.ts";
import { git } from "../../core/git/run.ts";
import { openMonitoring } from "../../core/monitoring/open-branch.ts";
import { formatMonitoringPath } from "../../core/monitoring/paths.ts";
import { registryOn } from "../../core/registry/open.ts";
import type { Decision } from "../../schemas/decision.ts";
import type { ModelRecord } from "../../schemas/model-record.ts";
import type { PromotionRequest } from "../../schemas/promotion-request.ts";
import type { Review } from "../../schemas/review.ts";
import type { RunSummary } from "../../schemas/run-summary.ts";
import type { VersionMetadata } from "../../schemas/version-metadata.ts";
import type { PortalPlace } from "./place.ts";

/** What a repository's branches say now, read by nothing of the portal's. */
export interface Recorded {
  model(name: string): Promise<ModelRecord>;
  version(model: string, version: number): Promise<VersionMetadata | undefined>;
  decisions(model: string): Promise<Decision[]>;
  requests(model: string): Promise<PromotionRequest[]>;
  reviews(model: string): Promise<Review[]>;
  /** How many snoozes. */
  snoozes(model: string): Promise<number>;
  /** The newest run that is kept here. */
  newestRun(): Promise<RunSummary | undefined>;
  /** The branches, by name. */
  branches(): Promise<string[]>;
}

export async function readRecorded<T>(
  { folder }: Pick<PortalPlace, "folder">,
  read: (recorded: Recorded) => Promise<T>,
): Promise<T> {
  const objects = await openObjects(folder);
  try {
    return await read(await recordedIn(folder, objects));
  } finally {
    await objects.close();
  }
}

async function recordedIn(folder: string, objects: GitObjects): Promise<Recorded> {
  const snapshot = await (await registryOn(objects, undefined, undefined)).snapshot();
  return {
    async model(name) {
      const record = await snapshot.model(name);
      if (record === undefined) throw new Error(`no model ${name}`);
      return record;
    },
    version: (model, version) => snapshot.read({ kind: "metadata", model, version }),
    decisions: (model) => snapshot.list("decision", model),
    requests: (model) => snapshot.list("request", model),
    reviews: (model) => snapshot.list("review", model),
    async snoozes(model) {
      const folder = dirname(formatMonitoringPath({ kind: "snooze", model, id: "0".repeat(32) }));
      return (await openMonitoring(objects, undefined).list(folder)).length;
    },
    async newestRun() {
      const runs = await localRuns({ state: join(folder, ".slipway") }).list();
      return runs.sort((a, b) => (a.run < b.run ? 1 : -1))[0];
    },
    async branches() {
      const names = await git(folder, ["for-each-ref", "--format=%(refname:short)", "refs/heads"]);
      return names.toString().trim().split("\n");
    },
  };
}
