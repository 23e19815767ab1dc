import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { DeployedModel } from "../../core/deploy/deployed.ts";
import { objectName } from "../../core/deploy/names.ts";
import { renderModel } from "../../core/deploy/render.ts";
import type { DeployTarget } from "../../schemas/deploy.ts";

const image = (letter: string) => `ghcr.io/acme/serve@sha256:${letter.repeat(64)}`;
const version = (number: number, files: string[] = ["model.json"]) => ({
  version: number,
  decision: String(number).repeat(32).slice(0, 32),
  artifact: {
    uri: "oci://ghcr.io/acme/models@sha256:1",
    sha256: String(number).repeat(64).slice(0, 64),
    size: 1,
    files: files.map((path) => ({ path, sha256: "0".repeat(64), size: 1 })),
  },
});
const deployed = (more: Partial<DeployedModel> = {}): DeployedModel => ({
  model: "penguins",
  stage: "production",
  live: version(2),
  ...more,
});

function filesOf(target: DeployTarget, about = deployed()): Record<string, string> {
  const rendering = renderModel(target, about);
  if (rendering?.outcome !== "rendered") throw new Error(JSON.stringify(rendering));
  return Object.fromEntries(rendering.files);
}
const read = (target: DeployTarget, file: string, about?: DeployedModel) => parse(filesOf(target, about)[file] ?? "");

describe("for Kubernetes", () => {
  const target: DeployTarget = { kubernetes: { namespace: "ml", replicas: 9 }, image: image("a") };

  it("there are a Deployment, a Service and what names both", () => {
    expect(Object.keys(filesOf(target))).toEqual(["deployment.yaml", "service.yaml", "kustomization.yaml"]);
    expect(read(target, "kustomization.yaml")).toMatchObject({ resources: ["deployment.yaml", "service.yaml"] });
  });

  it("a container is pinned to the image's digest, the version and the artifact's digest", () => {
    const [container] = read(target, "deployment.yaml").spec.template.spec.containers;
    expect(container).toMatchObject({
      image: image("a"),
      args: ["serve", "penguins@2"],
      env: [{ name: "SLIPWAY_ARTIFACT_SHA256", value: "2".repeat(64) }],
    });
  });

  it("a container asks for a token that its Secret has, or for none if the policy says so", () => {
    const containerOf = (kubernetes: object) =>
      read({ kubernetes, image: image("a") }, "deployment.yaml").spec.template.spec.containers[0];
    expect(containerOf({ secret: "penguins" }).envFrom).toEqual([{ secretRef: { name: "penguins" } }]);
    expect(containerOf({ open: true }).args).toEqual(["serve", "penguins@2", "--open"]);
  });

  it("a container runs as no root, writes to nothing but its temporary folder, and is probed", () => {
    const { containers, volumes } = read(target, "deployment.yaml").spec.template.spec;
    expect(containers[0]).toMatchObject({
      securityContext: { runAsNonRoot: true, readOnlyRootFilesystem: true, allowPrivilegeEscalation: false },
      readinessProbe: { httpGet: { path: "/v2/health/ready", port: 8080 } },
      livenessProbe: { httpGet: { path: "/v2/health/live", port: 8080 } },
      volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
    });
    expect(volumes).toEqual([{ name: "tmp", emptyDir: {} }]);
  });

  it("a candidate is a second Deployment behind the same Service, with replicas for its share", () => {
    const about = deployed({ candidate: { ...version(3), share: 0.1 } });
    const other = read(target, "candidate.yaml", about);
    expect(other.spec.replicas).toBe(1);
    expect(other.spec.template.spec.containers[0].args).toEqual(["serve", "penguins@3"]);
    expect(read(target, "deployment.yaml", about).spec.template.spec.containers[0].args).toEqual([
      "serve",
      "penguins@2",
    ]);
    const { selector } = read(target, "service.yaml", about).spec;
    expect(other.spec.template.metadata.labels).toMatchObject(selector);
    expect(other.spec.selector).not.toEqual(read(target, "deployment.yaml", about).spec.selector);
  });

  it("the Deployment of the live version keeps its selector from version to version, which Kubernetes does not let change", () => {
    const selectors = [version(2), version(3)].map(
      (live) => read(target, "deployment.yaml", deployed({ live })).spec.selector,
    );
    expect(selectors[0]).toEqual(selectors[1]);
  });

  it("a candidate that gets no requests is not there", () => {
    expect(filesOf(target, deployed({ candidate: { ...version(3), share: 0 } }))).toEqual(filesOf(target));
  });

  it("an autoscaler says how many replicas there are, and the Deployment does not", () => {
    const scaled: DeployTarget = { ...target, kubernetes: { replicas: 2, "max-replicas": 6, cpu: "500m" } };
    expect(read(scaled, "horizontal-pod-autoscaler.yaml").spec).toMatchObject({ minReplicas: 2, maxReplicas: 6 });
    expect(read(scaled, "deployment.yaml").spec).not.toHaveProperty("replicas");
  });
});

describe("for KServe", () => {
  const target: DeployTarget = { kserve: { namespace: "ml" }, image: image("a") };

  it("there is an InferenceService with a container of its own", () => {
    const service = read(target, "inference-service.yaml");
    expect(service).toMatchObject({
      apiVersion: "serving.kserve.io/v1beta1",
      kind: "InferenceService",
      metadata: { name: "penguins-production", namespace: "ml" },
    });
    expect(service.spec.predictor.containers[0]).toMatchObject({ name: "kserve-container", image: image("a") });
    expect(service.spec.predictor).not.toHaveProperty("canaryTrafficPercent");
  });

  it("a candidate is the newest revision with its share of the requests", () => {
    const about = deployed({ candidate: { ...version(3), share: 0.1 } });
    const { predictor } = read(target, "inference-service.yaml", about).spec;
    expect(predictor.canaryTrafficPercent).toBe(10);
    expect(predictor.containers[0].args).toEqual(["serve", "penguins@3"]);
  });

  it("an artifact in MLflow's format that is kept as an image needs no image that serves", () => {
    const live = version(2, ["MLmodel", "model.pkl"]);
    const uri = `oci://ghcr.io/acme/models@sha256:${"d".repeat(64)}`;
    const about = deployed({ live: { ...live, artifact: { ...live.artifact, image: { uri } } } });
    expect(read({ kserve: {} }, "inference-service.yaml", about).spec.predictor).toMatchObject({
      model: {
        modelFormat: { name: "mlflow" },
        storageUri: `oci+native://ghcr.io/acme/models@sha256:${"d".repeat(64)}`,
      },
    });
  });
});

it("a version that no image is named for is refused, and says where to name one", () => {
  expect(renderModel({ kubernetes: {}, image: { "penguins@1": image("a") } }, deployed())).toMatchObject({
    outcome: "refused",
    refusal: { code: "IMAGE_UNKNOWN", hint: expect.stringContaining("deploy.production.image") },
  });
});

it("each version has the image that is named for it, the candidate too", () => {
  const target = { kubernetes: {}, image: { "penguins@2": image("a"), "penguins@3": image("b") } };
  const about = deployed({ candidate: { ...version(3), share: 0.5 } });
  const images = ["deployment.yaml", "candidate.yaml"].map(
    (file) => read(target, file, about).spec.template.spec.containers[0].image,
  );
  expect(images).toEqual([image("a"), image("b")]);
});

it("a stage that nothing describes has no files", () => {
  expect(renderModel({ url: "https://ml.example" }, deployed())).toBeUndefined();
});

it.each([
  ["penguins", "production", /^penguins-production$/],
  ["Penguins", "production", /^m-penguins-production-[0-9a-f]{8}$/],
  ["a_b", "production", /^m-a-b-production-[0-9a-f]{8}$/],
  ["1st", "production", /^m-1st-production-[0-9a-f]{8}$/],
  ["penguins-production", "candidate", /^m-penguins-production-candi[a-z-]*-[0-9a-f]{8}$/],
  ["a", "b-c", /^m-a-b-c-[0-9a-f]{8}$/],
  ["x".repeat(100), "production", /^m-x{29}-[0-9a-f]{8}$/],
])("%s in %s has a name that Kubernetes takes", (model, stage, name) => {
  expect(objectName(model, stage)).toMatch(name);
  expect(objectName(model, stage).length).toBeLessThanOrEqual(40);
});
