import type { ImageReference, KubernetesTarget } from "../../schemas/deploy.ts";
import { GRACE_SECONDS, POD_VOLUMES, PORT, serveContainer } from "./container.ts";
import type { DeployedModel, DeployedVersion } from "./deployed.ts";
import { annotations, labels, selector } from "./labels.ts";
import { CANDIDATE, objectName } from "./names.ts";

/** What tells the pods of the live version's Deployment from those of the candidate's. */
const TRACK = "dev.slipway/track";
type Track = "live" | "candidate";

const DEFAULT_REPLICAS = 2;
const DEFAULT_CPU_PERCENT = 80;

/** Kubernetes' Deployment of one version. */
export function deployment(
  deployed: DeployedModel,
  shown: DeployedVersion,
  track: Track,
  image: ImageReference,
  target: KubernetesTarget,
) {
  const { model } = deployed;
  const { "service-account": account } = target;
  const matchLabels = { ...selector(deployed), [TRACK]: track };
  const about = { labels: { ...labels(deployed, shown), [TRACK]: track }, annotations: annotations(deployed, shown) };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { ...named(deployed, target, track === "live" ? "" : `-${CANDIDATE}`), ...about },
    spec: {
      ...replicas(deployed, track, target),
      selector: { matchLabels },
      // Nothing is taken away before what replaces it answers.
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template: {
        metadata: about,
        spec: {
          ...(account === undefined ? {} : { serviceAccountName: account }),
          automountServiceAccountToken: false,
          terminationGracePeriodSeconds: GRACE_SECONDS,
          containers: [serveContainer("slipway", image, { ...shown, model }, target)],
          volumes: POD_VOLUMES,
        },
      },
    },
  };
}

/** One address for the live version's pods and the candidate's: each gets requests as it has replicas. */
export function service(deployed: DeployedModel, target: KubernetesTarget) {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { ...named(deployed, target), labels: labels(deployed, deployed.live) },
    spec: {
      selector: selector(deployed),
      ports: [{ name: "http", port: 80, targetPort: PORT, protocol: "TCP" }],
    },
  };
}

/** Undefined unless the policy says how many replicas there may be. */
export function autoscaler(deployed: DeployedModel, target: KubernetesTarget) {
  const { replicas: least = DEFAULT_REPLICAS, "max-replicas": most, "cpu-percent": cpu = DEFAULT_CPU_PERCENT } = target;
  if (most === undefined) return undefined;
  const about = named(deployed, target);
  return {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: { ...about, labels: labels(deployed, deployed.live) },
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: about.name },
      minReplicas: least,
      maxReplicas: most,
      metrics: [
        { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: cpu } } },
      ],
    },
  };
}

/** An autoscaler says how many live replicas there are: a number beside it would undo its work with each commit. */
function replicas({ candidate }: DeployedModel, track: Track, target: KubernetesTarget): { replicas?: number } {
  const { replicas: live = DEFAULT_REPLICAS } = target;
  if (track === "live") return target["max-replicas"] === undefined ? { replicas: live } : {};
  const share = candidate?.share ?? 0;
  return { replicas: share >= 1 ? live : Math.max(1, Math.round((live * share) / (1 - share))) };
}

function named({ model, stage }: DeployedModel, { namespace }: KubernetesTarget, suffix = "") {
  return { name: `${objectName(model, stage)}${suffix}`, ...(namespace === undefined ? {} : { namespace }) };
}
