import type { ModelName, StageName, VersionNumber } from "../../schemas/names.ts";
import { sha256 } from "../canonical.ts";

/** What the Deployment of a version that rolls out has behind its model's name. No stage of that name may come to the same. */
export const CANDIDATE = "candidate";

/** KServe adds words to it, and all of it is one part of a host's name: at most 63 characters. */
const MAX = 40;

/**
 * What Kubernetes calls a model in a stage: `penguins-production`. A name that Kubernetes would not take is spelt otherwise,
 * with a part of its digest, so that two models never share one.
 */
export function objectName(model: ModelName, stage: StageName): string {
  const name = `${model}-${stage}`;
  if (/^[a-z][a-z0-9-]*$/.test(name) && name.length <= MAX && !stage.includes("-") && stage !== CANDIDATE) return name;
  const digest = sha256(`${model}/${stage}`).slice(0, 8);
  const spelt = `m-${name.toLowerCase().replaceAll("_", "-")}`.slice(0, MAX - digest.length - 1);
  return `${spelt.replace(/-+$/, "")}-${digest}`;
}

/** Where a model's files are on the branch `deploy`. */
export function deployFolder(model: ModelName, stage: StageName): string {
  return `${stage}/${model}`;
}

/** `penguins@3` */
export function versionName(model: ModelName, version: VersionNumber): string {
  return `${model}@${version}`;
}
