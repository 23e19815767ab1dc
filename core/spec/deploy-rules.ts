import type { DeployTarget } from "../../schemas/deploy.ts";
import type { Diagnostics } from "./diagnostics.ts";
import { didYouMean } from "./near.ts";

/** Rules on `deploy`: each stage is one of the policy's, and is described as one thing. */
export function checkDeploy(
  deploy: Readonly<Record<string, DeployTarget>>,
  stages: readonly string[],
  report: Diagnostics,
): void {
  for (const [stage, target] of Object.entries(deploy)) {
    if (!stages.includes(stage)) {
      const about = { expected: stages.join(", "), ...didYouMean(stage, stages) };
      report.problem(["deploy", stage], "POLICY_INVALID", `there is no stage ${stage}`, about, "key");
    }
    const { kserve, kubernetes, image } = target;
    if (kserve !== undefined && kubernetes !== undefined)
      report.problem(
        ["deploy", stage, "kubernetes"],
        "POLICY_INVALID",
        `${stage} is described for KServe and for Kubernetes alone`,
        { expected: "kserve or kubernetes", hint: "KServe makes its own Deployment and Service: leave one out" },
        "key",
      );
    if (kserve === undefined && kubernetes === undefined && image !== undefined)
      report.problem(
        ["deploy", stage, "image"],
        "POLICY_INVALID",
        `${stage} names an image, and nothing that would run it`,
        { expected: "kserve: { … } or kubernetes: { … } beside it" },
        "key",
      );
    const [kind, cluster] = kserve === undefined ? ["kubernetes", kubernetes] : ["kserve", kserve];
    if (image !== undefined && cluster !== undefined && cluster.secret === undefined && cluster.open !== true)
      report.problem(
        ["deploy", stage, kind],
        "POLICY_INVALID",
        `replicas in ${stage} would ask for a token, and have none`,
        {
          expected: "secret: NAME, of a Secret with SLIPWAY_SERVE_TOKEN",
          hint: "say open: true if the cluster lets people in",
        },
        "key",
      );
    checkReplicas(["deploy", stage, "kserve"], kserve?.["min-replicas"] ?? 1, kserve?.["max-replicas"], report);
    checkReplicas(["deploy", stage, "kubernetes"], kubernetes?.replicas ?? 2, kubernetes?.["max-replicas"], report);
    if (kubernetes?.["cpu-percent"] !== undefined && kubernetes["max-replicas"] === undefined)
      report.problem(
        ["deploy", stage, "kubernetes", "cpu-percent"],
        "POLICY_INVALID",
        "cpu-percent says when replicas are added, and none may be",
        { hint: "say how many there may be: max-replicas" },
      );
    if (kubernetes?.["max-replicas"] !== undefined && kubernetes.cpu === undefined)
      report.problem(
        ["deploy", stage, "kubernetes", "max-replicas"],
        "POLICY_INVALID",
        "replicas are added by their share of a processor, and a replica asks for none",
        { hint: "say what a replica asks for: cpu: 500m" },
      );
  }
}

function checkReplicas(keys: string[], least: number, most: number | undefined, report: Diagnostics): void {
  if (most === undefined || most >= least) return;
  report.problem(
    [...keys, "max-replicas"],
    "POLICY_INVALID",
    "max-replicas is less than the least number of replicas",
    {
      expected: `at least ${least}`,
      found: String(most),
    },
  );
}
