import type { ImageReference, KServeTarget } from "../../schemas/deploy.ts";
import { POD_VOLUMES, resourcesOf, serveContainer } from "./container.ts";
import type { DeployedModel, DeployedVersion } from "./deployed.ts";
import { annotations, labels } from "./labels.ts";
import { objectName } from "./names.ts";

/** What answers: the image of `slipway serve`, or KServe's own server for MLflow's format with the files of a model image. */
export type Predictor = { image: ImageReference } | { storageUri: string };

/**
 * KServe's InferenceService. While a version rolls out, the candidate is the newest revision, and gets its share of the
 * requests: KServe keeps the revision before for the rest. A candidate without a share is not described, since KServe cannot
 * copy requests.
 */
export function inferenceService(
  deployed: DeployedModel,
  shown: DeployedVersion & { share?: number },
  predictor: Predictor,
  target: KServeTarget,
) {
  const { model, stage } = deployed;
  const { namespace, "min-replicas": least = 1, "max-replicas": most, "service-account": account } = target;
  return {
    apiVersion: "serving.kserve.io/v1beta1",
    kind: "InferenceService",
    metadata: {
      name: objectName(model, stage),
      ...(namespace === undefined ? {} : { namespace }),
      labels: labels(deployed, shown),
      annotations: annotations(deployed, shown),
    },
    spec: {
      predictor: {
        minReplicas: least,
        ...(most === undefined ? {} : { maxReplicas: most }),
        ...(shown.share === undefined ? {} : { canaryTrafficPercent: Math.round(shown.share * 100) }),
        ...(account === undefined ? {} : { serviceAccountName: account }),
        ...("image" in predictor
          ? {
              containers: [serveContainer("kserve-container", predictor.image, { ...shown, model }, target)],
              volumes: POD_VOLUMES,
            }
          : { model: mlflowModel(predictor.storageUri, target) }),
      },
    },
  };
}

function mlflowModel(storageUri: string, target: KServeTarget) {
  return { modelFormat: { name: "mlflow" }, protocolVersion: "v2", storageUri, ...resourcesOf(target) };
}
