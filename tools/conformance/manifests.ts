// Holds what core/deploy renders against Kubernetes' and KServe's own schemas. By itself: npx tsx tools/conformance/manifests.ts
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import type { DeployedModel } from "../../core/deploy/deployed.ts";
import { renderModel } from "../../core/deploy/render.ts";
import type { DeployTarget } from "../../schemas/deploy.ts";
import { installedKserve, KSERVE } from "./real-tools.ts";
import type { Conformance } from "./sklearn.ts";

interface Case {
  name: string;
  yaml: string;
  /** Whether those who read it have to refuse it: that they look at all. */
  wrong?: boolean;
}

/** Every manifest passes both, and every one with a fault does not. Needs python3 with venv. */
export async function conformManifests(): Promise<Conformance> {
  const asked = [...rendered(), ...faulty()];
  const script = fileURLToPath(new URL("manifests_answers.py", import.meta.url));
  const { stdout } = await execa(`${await installedKserve()}/python`, [script], {
    input: asked.map((each) => `${JSON.stringify(each)}\n`).join(""),
    timeout: 120_000,
  });
  const answers = stdout.split("\n").map((line) => (JSON.parse(line) as { problems: string[] }).problems);
  if (answers.length !== asked.length) throw new Error(`${answers.length} answers to ${asked.length} manifests`);
  const failures = asked.flatMap(({ name, wrong = false }, i) => {
    const problems = answers[i] as string[];
    if (wrong) return problems.length > 0 ? [] : [`${name}: nobody refuses it`];
    return problems.map((problem) => `${name}: ${problem}`);
  });
  return { name: `manifests, by Kubernetes 1.33 and KServe ${KSERVE}`, cases: asked.length, failures };
}

const image = `ghcr.io/acme/serve@sha256:${"a".repeat(64)}`;
const full = { namespace: "ml", cpu: "500m", memory: "1Gi", secret: "penguins", "service-account": "serve" } as const;

const TARGETS: Record<string, DeployTarget> = {
  "KServe, the least": { kserve: {}, image },
  "KServe, everything": { kserve: { ...full, "min-replicas": 0, "max-replicas": 4 }, image },
  "KServe, MLflow's format": { kserve: { ...full } },
  "Kubernetes, the least": { kubernetes: {}, image },
  "Kubernetes, everything": {
    kubernetes: { ...full, cpu: 2, replicas: 3, "max-replicas": 9, "cpu-percent": 70 },
    image,
  },
};

function* rendered(): Generator<Case> {
  for (const [name, target] of Object.entries(TARGETS))
    for (const share of [undefined, 0, 0.1, 0.5])
      for (const [file, yaml] of filesOf(target, share))
        if (file !== "kustomization.yaml") yield { name: `${name}, share ${share ?? "none"}, ${file}`, yaml };
}

/** A fault of each kind that could come into what is rendered. */
function* faulty(): Generator<Case> {
  const kserve = filesOf({ kserve: full, image }, 0.1).get("inference-service.yaml") as string;
  const kubernetes = filesOf({ kubernetes: full, image }, undefined);
  const deployment = kubernetes.get("deployment.yaml") as string;
  const service = kubernetes.get("service.yaml") as string;
  const faults: [string, string, string, string][] = [
    ["an InferenceService's unknown key", kserve, "canaryTrafficPercent:", "canaryPercent:"],
    ["an InferenceService's text for a number", kserve, "minReplicas: 1", "minReplicas: one"],
    ["a container's unknown key", kserve, "readinessProbe:", "readyProbe:"],
    ["a quantity that is none", kserve, "memory: 1Gi", "memory: lots"],
    ["a Deployment's unknown key", deployment, "replicas:", "replica:"],
    ["a Deployment's text for a number", deployment, "replicas: 2", "replicas: two"],
    ["a pod's unknown key", deployment, "readOnlyRootFilesystem:", "readOnlyFilesystem:"],
    ["a Service's unknown key", service, "targetPort:", "target:"],
  ];
  for (const [name, text, from, to] of faults) {
    if (!text.includes(from)) throw new Error(`${name}: there is no ${from}`);
    yield { name, yaml: text.replaceAll(from, to), wrong: true };
  }
}

function filesOf(target: DeployTarget, share: number | undefined): ReadonlyMap<string, string> {
  const rendering = renderModel(target, deployed(share));
  if (rendering?.outcome !== "rendered") throw new Error(JSON.stringify(rendering));
  return rendering.files;
}

function deployed(share: number | undefined): DeployedModel {
  const [live, candidate] = [2, 3].map((version) => ({
    version,
    decision: String(version).repeat(32),
    artifact: {
      uri: "oci://ghcr.io/acme/models@sha256:1",
      sha256: String(version).repeat(64),
      size: 1,
      files: [{ path: "MLmodel", sha256: "0".repeat(64), size: 1 }],
      image: { uri: `oci://ghcr.io/acme/models@sha256:${"d".repeat(64)}` },
    },
  })) as [DeployedModel["live"], DeployedModel["live"]];
  const about = { model: "Penguins_2", stage: "production", live };
  return share === undefined ? about : { ...about, candidate: { ...candidate, share } };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { name, cases, failures } = await conformManifests();
  for (const failure of failures.slice(0, 50)) console.error(failure);
  console.log(`${name}: ${cases} cases, ${failures.length} failures`);
  process.exitCode = failures.length > 0 ? 1 : 0;
}
