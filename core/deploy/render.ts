import { stringify } from "yaml";
import type { Refusal } from "../../schemas/decision.ts";
import type { DeployTarget, ImageReference } from "../../schemas/deploy.ts";
import type { DeployedModel, DeployedVersion } from "./deployed.ts";
import { inferenceService, type Predictor } from "./kserve.ts";
import { autoscaler, deployment, service } from "./kubernetes.ts";
import { versionName } from "./names.ts";

/** Which rules made the files: it grows with each change of what is rendered of the same registry and policy. */
export const RENDERER = 1;

/** A model's files in a stage by their names, or why there are none: its folder stays as it is then. */
export type Rendering =
  | { outcome: "rendered"; files: ReadonlyMap<string, string> }
  | { outcome: "refused"; refusal: Refusal };

const KUSTOMIZATION = "kustomization.yaml";

/**
 * What runs a model in a stage, as manifests for a cluster: the same registry, policy and renderer are the same bytes.
 * Undefined where the policy wants none of the stage. Refuses with IMAGE_UNKNOWN where nothing says which image runs a version.
 */
export function renderModel(target: DeployTarget, deployed: DeployedModel): Rendering | undefined {
  const { kserve, kubernetes } = target;
  const candidate = shareOf(deployed);
  const documents = new Map<string, object>();
  if (kserve !== undefined) {
    const shown = candidate ?? deployed.live;
    const predictor = predictorOf(target, deployed, shown);
    if (predictor === undefined) return refused(target, deployed, shown);
    documents.set("inference-service.yaml", inferenceService(deployed, shown, predictor, kserve));
  } else if (kubernetes !== undefined) {
    const image = imageOf(target, deployed, deployed.live);
    if (image === undefined) return refused(target, deployed, deployed.live);
    documents.set("deployment.yaml", deployment(deployed, deployed.live, "live", image, kubernetes));
    if (candidate !== undefined) {
      const other = imageOf(target, deployed, candidate);
      if (other === undefined) return refused(target, deployed, candidate);
      documents.set("candidate.yaml", deployment(deployed, candidate, "candidate", other, kubernetes));
    }
    documents.set("service.yaml", service(deployed, kubernetes));
    const scaled = autoscaler(deployed, kubernetes);
    if (scaled !== undefined) documents.set("horizontal-pod-autoscaler.yaml", scaled);
  } else return undefined;
  documents.set(KUSTOMIZATION, kustomization([...documents.keys()]));
  return { outcome: "rendered", files: new Map([...documents].map(([name, document]) => [name, text(document)])) };
}

/** A stage's own kustomization: one folder to watch, whatever models there are. */
export function renderStage(models: readonly string[]): { name: string; content: string } {
  return { name: KUSTOMIZATION, content: text(kustomization([...models].sort())) };
}

function kustomization(resources: readonly string[]) {
  return { apiVersion: "kustomize.config.k8s.io/v1beta1", kind: "Kustomization", resources };
}

/** The candidate, if it gets requests. */
function shareOf({ candidate }: DeployedModel) {
  return candidate !== undefined && candidate.share > 0 ? candidate : undefined;
}

/** What the policy names runs what it names; without a name, KServe's own server runs what is in MLflow's format. */
function predictorOf(target: DeployTarget, deployed: DeployedModel, shown: DeployedVersion): Predictor | undefined {
  const image = imageOf(target, deployed, shown);
  if (image !== undefined) return { image };
  const { files, image: files_image } = shown.artifact;
  if (files_image === undefined || !files.some(({ path }) => path === "MLmodel")) return undefined;
  return { storageUri: files_image.uri.replace(/^oci:/, "oci+native:") };
}

function imageOf({ image }: DeployTarget, { model }: DeployedModel, { version }: DeployedVersion) {
  if (typeof image !== "object") return image;
  const key = versionName(model, version);
  return Object.hasOwn(image, key) ? (image[key] as ImageReference) : undefined;
}

function refused({ kserve }: DeployTarget, { model, stage }: DeployedModel, { version }: DeployedVersion): Rendering {
  const name = versionName(model, version);
  const orFormat =
    kserve === undefined ? "" : ", or keep its files as an image (`also: [image]`), if they are in MLflow's format";
  return {
    outcome: "refused",
    refusal: {
      code: "IMAGE_UNKNOWN",
      message: `slipway.yaml says of no image that it serves ${name} in ${stage}`,
      hint: `build one from \`slipway package ${name}\`, and name it under deploy.${stage}.image${orFormat}`,
    },
  };
}

/** What a person reads who finds the branch. */
export const README = {
  path: "README.md",
  content: [
    "# What is to run",
    "",
    "Slipway renders this branch from the branch `registry` and from `deploy` in `slipway.yaml`: a folder for each stage, and in",
    "it one for each model. Every commit names the registry's commit that it follows from. Have a tool that applies manifests from",
    "Git watch a stage's folder; a rollback is the next commit. The next decision writes over what is edited here.",
    "",
  ].join("\n"),
};

const HEAD = "# Rendered by Slipway from the registry: the next decision writes over what is edited here.\n";

function text(document: object): string {
  return HEAD + stringify(document, { lineWidth: 0, aliasDuplicateObjects: false });
}
