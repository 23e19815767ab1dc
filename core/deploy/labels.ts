import type { DeployedModel, DeployedVersion } from "./deployed.ts";
import { objectName, versionName } from "./names.ts";

/** What finds the pods of a model in a stage, whichever version they serve: a Service selects by it, and it never changes. */
export function selector({ model, stage }: DeployedModel): Record<string, string> {
  return { "app.kubernetes.io/name": objectName(model, stage) };
}

export function labels(deployed: DeployedModel, { version }: DeployedVersion): Record<string, string> {
  return {
    ...selector(deployed),
    "app.kubernetes.io/version": String(version),
    "app.kubernetes.io/managed-by": "slipway",
  };
}

/** What the cluster's people and tools find of the registry in an object: which version, by which decision, with which bytes. */
export function annotations(
  { model, stage }: DeployedModel,
  { version, decision, artifact }: DeployedVersion,
): Record<string, string> {
  return {
    "dev.slipway/version": versionName(model, version),
    "dev.slipway/stage": stage,
    "dev.slipway/decision": decision,
    "dev.slipway/artifact": `sha256:${artifact.sha256}`,
  };
}
