import type { ImageReference, KServeTarget, KubernetesTarget } from "../../schemas/deploy.ts";
import type { ModelName } from "../../schemas/names.ts";
import type { DeployedVersion } from "./deployed.ts";
import { versionName } from "./names.ts";

/** Where `slipway serve` listens in a container. */
export const PORT = 8080;

/** How long a container may go on answering what it took, after it was asked to end. Seconds. */
export const GRACE_SECONDS = 60;

const TEMPORARY = "tmp";

/**
 * A container of `slipway serve` that answers for one version alone: it takes no other one, and no other bytes. It runs as
 * nobody in particular, and writes to its temporary folder alone.
 */
export function serveContainer(
  name: string,
  image: ImageReference,
  { model, version, artifact }: DeployedVersion & { model: ModelName },
  target: KServeTarget | KubernetesTarget,
) {
  const { secret, open = false } = target;
  const get = (path: string) => ({ httpGet: { path, port: PORT } });
  return {
    name,
    image,
    args: ["serve", versionName(model, version), ...(open ? ["--open"] : [])],
    env: [{ name: "SLIPWAY_ARTIFACT_SHA256", value: artifact.sha256 }],
    ...(secret === undefined ? {} : { envFrom: [{ secretRef: { name: secret } }] }),
    ports: [{ containerPort: PORT, protocol: "TCP" }],
    readinessProbe: { ...get("/v2/health/ready"), periodSeconds: 5, failureThreshold: 2 },
    livenessProbe: { ...get("/v2/health/live"), periodSeconds: 10, failureThreshold: 3 },
    ...resourcesOf(target),
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      seccompProfile: { type: "RuntimeDefault" },
    },
    volumeMounts: [{ name: TEMPORARY, mountPath: "/tmp" }],
  };
}

/** What a replica asks for, and may use at most; nothing where the policy says neither. */
export function resourcesOf({ cpu, memory }: KServeTarget | KubernetesTarget) {
  if (cpu === undefined && memory === undefined) return {};
  const amounts = { ...(cpu === undefined ? {} : { cpu: String(cpu) }), ...(memory === undefined ? {} : { memory }) };
  return { resources: { requests: amounts, limits: amounts } };
}

/** What its container needs of a pod. */
export const POD_VOLUMES = [{ name: TEMPORARY, emptyDir: {} }];
