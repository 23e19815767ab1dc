import type { Manifest } from "../../schemas/manifest.ts";
import type { ModelName, StageName, VersionNumber } from "../../schemas/names.ts";

/** A version as its manifests for a cluster name it. */
export interface DeployedVersion {
  version: VersionNumber;
  /** The decision that put it there, or lets it in by steps. */
  decision: string;
  artifact: Manifest["artifact"];
}

/** What the registry says of a model in a stage: which version is live, and which one rolls out beside it. */
export interface DeployedModel {
  model: ModelName;
  stage: StageName;
  live: DeployedVersion;
  /** `share` of the requests, 0 to 1: 0 while the version is only asked beside the live one. */
  candidate?: (DeployedVersion & { share: number }) | undefined;
}
