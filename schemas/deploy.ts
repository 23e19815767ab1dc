import { z } from "zod";
import { ModelName } from "./names.ts";

const DnsLabel = z
  .string()
  .max(63)
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/)
  .describe("A name as Kubernetes has it: lower case letters, digits and -.");
const Quantity = z
  .string()
  .regex(/^[1-9]\d{0,8}(m|k|M|G|Ki|Mi|Gi)?$/)
  .describe("A quantity as Kubernetes writes it: 500m, 2, 512Mi, 4Gi.");

/** An image by its digest: a tag can be moved to other bytes. */
export const ImageReference = z
  .string()
  .max(500)
  .regex(/^[a-z0-9][a-zA-Z0-9._:/-]*@sha256:[0-9a-f]{64}$/)
  .describe("An image by its digest: ghcr.io/acme/penguins@sha256:….");
export type ImageReference = z.infer<typeof ImageReference>;

/** `penguins@3`, as a key. */
const VersionKey = z.string().regex(/^[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?@[1-9]\d{0,14}$/);

const cluster = {
  namespace: DnsLabel.optional().describe("The namespace; absent: the one that whoever applies the files chooses."),
  cpu: z
    .union([Quantity, z.int().min(1).max(1_000)])
    .optional()
    .describe("What a replica asks for of processors, and may use at most: 500m."),
  memory: Quantity.optional().describe("What a replica asks for of memory, and may use at most: 512Mi."),
  secret: DnsLabel.optional().describe(
    "A Secret whose keys are the container's variables: SLIPWAY_SERVE_TOKEN, and what opens the store.",
  ),
  open: z
    .boolean()
    .optional()
    .describe("Replicas ask nobody for a token: the cluster lets people in. Without it, `secret` holds the token."),
  "service-account": DnsLabel.optional().describe("The service account that replicas run as."),
  "max-replicas": z.int().min(1).max(1_000).optional().describe("How many replicas there may be under load."),
};

export const KServeTarget = z.strictObject({
  ...cluster,
  "min-replicas": z.int().min(0).max(1_000).optional().describe("How many replicas there are at least. Default 1."),
});
export type KServeTarget = z.infer<typeof KServeTarget>;

export const KubernetesTarget = z.strictObject({
  ...cluster,
  replicas: z
    .int()
    .min(1)
    .max(1_000)
    .optional()
    .describe("How many replicas there are, or at least if there is `max-replicas`. Default 2."),
  "cpu-percent": z
    .int()
    .min(1)
    .max(100)
    .optional()
    .describe("With `max-replicas`: the share of `cpu` above which replicas are added. Default 80."),
});
export type KubernetesTarget = z.infer<typeof KubernetesTarget>;

/** Where a stage's versions serve: one stage of `deploy` in `slipway.yaml`. */
export const DeployTarget = z.strictObject({
  url: z
    .string()
    .max(2_000)
    .regex(/^https?:\/\/[^\s/?#@]+(\/[^\s?#@]*)?$/)
    .optional()
    .describe(
      "Where a version answers once it serves: a deployment succeeds only if it does. {model} stands for the model's name.",
    ),
  image: z
    .union([ImageReference, z.record(VersionKey, ImageReference)])
    .optional()
    .describe("The image that serves: one for every version, or one for each: { penguins@3: REFERENCE }."),
  kserve: KServeTarget.optional().describe("Rendered as KServe's InferenceService."),
  kubernetes: KubernetesTarget.optional().describe("Rendered as Kubernetes' own Deployment and Service."),
});
export type DeployTarget = z.infer<typeof DeployTarget>;

/** A stage of a model whose folder on the branch `deploy` is not what the registry asks for. */
export const DeployProblem = z.object({
  model: ModelName,
  stage: z.string(),
  code: z.string().describe("A stable reason code."),
  message: z.string(),
  hint: z.string().optional(),
});
export type DeployProblem = z.infer<typeof DeployProblem>;
