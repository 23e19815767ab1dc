import { describe, expect, it, onTestFinished } from "vitest";
import { deployProblem } from "../../core/acts/check-deploy.ts";
import { type DeployPorts, deploy } from "../../core/acts/deploy.ts";
import type { Ports } from "../../core/acts/ports.ts";
import { promoteVersion } from "../../core/acts/promote.ts";
import { rollBack } from "../../core/acts/rollback.ts";
import { stepRollout } from "../../core/acts/step-rollout.ts";
import { openObjects } from "../../core/git/objects.ts";
import { openWorkspace } from "../../core/git/workspace.ts";
import { registryOn } from "../../core/registry/open.ts";
import { figuresOf } from "../../core/rollout/figures.ts";
import { ADA, promote, register } from "../registry/builders.ts";
import { gitIn, temporaryFolder } from "../registry/repositories.ts";
import { rewriteTip } from "../registry/tamper.ts";
import { branchOf, image, KUBERNETES, policyWith, SPEC } from "./deploying.ts";
import { plainHost } from "./plain-host.ts";

const IN_PRODUCTION = { model: "penguins", stage: "production" };
const ASK = { ...IN_PRODUCTION, requestedBy: ADA };

/** Two versions, none of them anywhere yet. */
async function arrange(targets = KUBERNETES, more = "", about: Partial<Ports> = {}) {
  const files = { "slipway.yaml": policyWith(targets) + more, "models/penguins/model.yaml": SPEC };
  const ports = await plainHost(files, about);
  for (let version = 1; version <= 2; version += 1) await register(ports.registry);
  const { folder } = ports.workspace;
  const git = (...args: string[]) => gitIn(folder, ...args);
  const write = async (path: string, text: string) => {
    const { writeFile } = await import("node:fs/promises");
    await writeFile(`${folder}/${path}`, text);
    await git("add", path);
    await git("commit", "--quiet", "--message=change");
  };
  return { ports, folder, git, write, promote: (version: number) => promoteVersion(ports, { ...ASK, version }) };
}

const FILES = [
  "README.md",
  "production/kustomization.yaml",
  ...["deployment.yaml", "kustomization.yaml", "service.yaml"].map((name) => `production/penguins/${name}`),
];

describe("the branch deploy", () => {
  it("describes what a promotion put into a stage, and says what it follows from", async () => {
    const { folder, git, promote } = await arrange();
    await expect(promote(1)).resolves.toMatchObject({ outcome: "promoted" });
    const { files, projection, subject } = await branchOf(folder);
    expect(files).toEqual(FILES);
    expect(subject).toBe("production: penguins@1");
    expect(projection).toEqual({
      registry: await git("rev-parse", "registry"),
      policy: await git("rev-parse", "HEAD:slipway.yaml"),
      renderer: 1,
    });
  });

  it("has the next commit for a rollback, with what stood there before", async () => {
    const { ports, folder, promote } = await arrange();
    await promote(1);
    await promote(2);
    const before = await branchOf(folder);
    await rollBack(ports, ASK);
    const after = await branchOf(folder);
    expect(after.count).toBe(before.count + 1);
    const text = await gitIn(folder, "show", "deploy:production/penguins/deployment.yaml");
    expect(text).toContain("penguins@1");
    expect(text).not.toContain("penguins@2");
  });

  it("is not there where the policy describes no stage", async () => {
    const { ports, git, promote } = await arrange({});
    await promote(1);
    expect(await git("branch", "--list", "deploy")).toBe("");
    await expect(deploy(ports)).resolves.toEqual({ outcome: "off" });
  });

  it("stays as it is if an act moves no stage", async () => {
    const { ports, folder, promote } = await arrange();
    await promote(1);
    const before = await branchOf(folder);
    await register(ports.registry);
    await expect(deploy(ports)).resolves.toMatchObject({ outcome: "unchanged", problems: [] });
    expect((await branchOf(folder)).tip).toBe(before.tip);
  });

  it("is completed by whoever writes next, where a writer was interrupted", async () => {
    const { ports, folder, promote: promoteNow } = await arrange();
    await promote(ports.registry, 1);
    await expect(deployProblem(ports, IN_PRODUCTION)).resolves.toMatchObject({ code: "DEPLOY_BEHIND" });
    await promoteNow(2);
    const { projection } = await branchOf(folder);
    expect(projection?.registry).toBe(await gitIn(folder, "rev-parse", "registry"));
    await expect(deployProblem(ports, IN_PRODUCTION)).resolves.toBeUndefined();
  });

  it("is described otherwise if the policy says so, at the same commit of the registry", async () => {
    const { ports, folder, write, promote } = await arrange();
    await promote(1);
    const before = await branchOf(folder);
    await write("slipway.yaml", policyWith({ production: { kserve: { open: true }, image: image("b") } }));
    await expect(deploy(ports)).resolves.toMatchObject({ outcome: "written" });
    const after = await branchOf(folder);
    expect(after.files).toContain("production/penguins/inference-service.yaml");
    expect(after.files).not.toContain("production/penguins/deployment.yaml");
    expect(after.projection?.registry).toBe(before.projection?.registry);
  });

  it("has no folder of a stage that the policy describes no more", async () => {
    const { ports, folder, write, promote } = await arrange();
    await promote(1);
    await write("slipway.yaml", "slipway: 1\n");
    await expect(deploy(ports)).resolves.toMatchObject({ outcome: "written" });
    expect((await branchOf(folder)).files).toEqual(["README.md"]);
  });

  it("does not go back to an older commit of the registry", async () => {
    const { ports, folder, promote, git } = await arrange();
    await promote(1);
    const older = await git("rev-parse", "registry");
    const snapshot = await ports.registry.snapshot();
    await promote(2);
    const { tip } = await branchOf(folder);
    const behind = { ...ports, registry: { ...ports.registry, snapshot: async () => snapshot } };
    await expect(deploy(behind)).resolves.toMatchObject({ outcome: "unchanged", commit: tip });
    expect(snapshot.commit).toBe(older);
  });
});

describe("the branch deploy of a remote", () => {
  /** Two clones of a repository whose registry has version 1 in production; neither wrote the branch yet. */
  async function clones() {
    const { folder, ports } = await arrange();
    await promote(ports.registry, 1);
    const bare = await temporaryFolder();
    await gitIn(bare, "clone", "--quiet", "--bare", folder, bare);
    const opened = await Promise.all([0, 1].map(() => cloneOf(bare)));
    return { bare, opened: opened as [DeployPorts, DeployPorts] };
  }

  async function cloneOf(bare: string): Promise<DeployPorts> {
    const folder = await temporaryFolder();
    await gitIn(folder, "clone", "--quiet", bare, ".");
    const objects = await openObjects(folder);
    onTestFinished(() => objects.close());
    const registry = await registryOn(objects, "origin", undefined);
    return { objects, registry, workspace: await openWorkspace(folder), remote: "origin" };
  }

  it("is written once by two that write it at the same time, and both say where it is", async () => {
    const { bare, opened } = await clones();
    const ends = await Promise.all(opened.map((ports) => deploy(ports)));
    const { tip, count } = await branchOf(bare);
    expect(ends).toMatchObject([{ commit: tip }, { commit: tip }]);
    expect(count).toBe(1);
  });

  it("has the same bytes whoever writes it", async () => {
    const { bare, opened } = await clones();
    const [one, other] = opened;
    const first = await deploy(one);
    await gitIn(bare, "update-ref", "-d", "refs/heads/deploy");
    await expect(deploy(other)).resolves.toEqual(first);
  });

  it("goes on where another clone wrote it meanwhile", async () => {
    const { bare, opened } = await clones();
    const [one, other] = opened;
    await deploy(one);
    await promote(other.registry, 2);
    await deploy(other);
    const { tip } = await branchOf(bare);
    // It composes the very commit that is there.
    await expect(deploy(one)).resolves.toMatchObject({ commit: tip });
    expect(await branchOf(bare)).toMatchObject({ count: 2, subject: "production: penguins@2", tip });
  });
});

describe("a rollout on the branch deploy", () => {
  const PLAN = "rollout: { production: { steps: [{ shadow: 1m }, { share: 0.25, for: 1m }, { share: 1 }] } }\n";
  const REPLICAS = { production: { kubernetes: { replicas: 6, open: true }, image: image("a") } };

  const FIGURES = figuresOf({ ms: 5, failed: false });

  /** Version 1 is live and version 2 on its way; each step is over when it is asked for. */
  async function rolled() {
    let minutes = 0;
    const clock = () => new Date(Date.parse("2026-03-01T09:00:00Z") + minutes * 60_000);
    const arranged = await arrange(REPLICAS, PLAN, { clock });
    await arranged.promote(1);
    await arranged.promote(2);
    const step = async () => {
      minutes += 2;
      const until = clock().toISOString();
      const observe = async () => ({ figures: FIGURES, until });
      return stepRollout(arranged.ports, { ...IN_PRODUCTION, by: ADA, observe });
    };
    const file = (name: string) => arranged.git("show", `deploy:production/penguins/${name}.yaml`);
    return { ...arranged, step, file };
  }

  it("leaves the branch as it is while the new version is only asked beside", async () => {
    const { folder } = await rolled();
    expect(await branchOf(folder)).toMatchObject({ count: 1, subject: "production: penguins@1" });
  });

  it("has a commit for each step, and one version in the end", async () => {
    const { folder, step, file } = await rolled();
    await expect(step()).resolves.toMatchObject({ outcome: "stepped", rollout: { act: "advance" } });
    expect(await branchOf(folder)).toMatchObject({ count: 2, subject: "production: penguins@2" });
    expect(await file("candidate")).toMatch(/replicas: 2\n(.*\n)*.*penguins@2/);
    expect(await file("deployment")).toContain("penguins@1");
    await expect(step()).resolves.toMatchObject({ rollout: { act: "complete" } });
    const { files, count } = await branchOf(folder);
    expect({ files, count }).toEqual({ files: FILES, count: 3 });
    expect(await file("deployment")).toContain("penguins@2");
  });

  it("describes no rollout whose tag is missing, says so, and leaves the live version there", async () => {
    const { ports, folder, git } = await arrange(REPLICAS, PLAN);
    await promoteVersion(ports, { ...IN_PRODUCTION, version: 1, requestedBy: ADA });
    const { tip } = await branchOf(folder);
    const rollout = { steps: [{ share: 0.99, for: "1h" }, { share: 1 }] };
    const { id } = await promote(ports.registry, 2, { outcome: "rolling-out", rollout });
    await register(ports.registry);
    await git("tag", "-d", `penguins#production+${id}-0`);
    const untrusted = { code: "TAG_UNTRUSTED" };
    expect(await deploy(ports)).toMatchObject({ outcome: "unchanged", problems: [untrusted] });
    expect((await branchOf(folder)).tip).toBe(tip);
    expect(await deployProblem(ports, IN_PRODUCTION)).toMatchObject(untrusted);
  });

  it("ends with what was there before if it is aborted", async () => {
    const { ports, folder, step, git } = await rolled();
    await step();
    await stepRollout(ports, { ...IN_PRODUCTION, by: ADA, asked: "abort", observe: async () => undefined });
    expect(await git("rev-parse", "deploy^{tree}")).toBe(await git("rev-parse", "deploy~2^{tree}"));
    expect((await branchOf(folder)).count).toBe(3);
  });
});

describe("a conflict on the branch deploy", () => {
  it("refuses no promotion, leaves the branch alone, and is said", async () => {
    const { ports, folder, git, promote } = await arrange();
    await promote(1);
    const tree = await git("rev-parse", "deploy^{tree}");
    const foreign = await git("commit-tree", tree, "-p", "deploy", "-m", "by hand");
    await git("update-ref", "refs/heads/deploy", foreign);
    await expect(promote(2)).resolves.toMatchObject({ outcome: "promoted" });
    expect((await branchOf(folder)).tip).toBe(foreign);
    await expect(deploy(ports)).rejects.toMatchObject({ code: "DEPLOY_CONFLICT" });
    await expect(deployProblem(ports, IN_PRODUCTION)).resolves.toMatchObject({ code: "DEPLOY_CONFLICT" });
  });

  it("is a commit that follows from none of the registry's", async () => {
    const { ports, git, promote } = await arrange();
    await promote(1);
    const message = `forged\n\nRegistry: ${await git("rev-parse", "HEAD")}\nPolicy: ${"0".repeat(40)}\nRenderer: 1`;
    const forged = await git("commit-tree", await git("rev-parse", "deploy^{tree}"), "-p", "deploy", "-m", message);
    await git("update-ref", "refs/heads/deploy", forged);
    await expect(deploy(ports)).rejects.toMatchObject({ code: "DEPLOY_CONFLICT" });
  });

  it("is a commit of a newer renderer", async () => {
    const { ports, git, promote } = await arrange();
    await promote(1);
    const newer = (await git("log", "-1", "--format=%B", "deploy")).replace("Renderer: 1", "Renderer: 2");
    const commit = await git("commit-tree", await git("rev-parse", "deploy^{tree}"), "-p", "deploy", "-m", newer);
    await git("update-ref", "refs/heads/deploy", commit);
    await promote(2);
    await expect(deploy(ports)).rejects.toMatchObject({
      code: "DEPLOY_CONFLICT",
      message: expect.stringContaining("newer slipway"),
    });
  });
});

describe("a folder stays as it is", () => {
  it("if no image is named for the new version, and the other models go on", async () => {
    const {
      ports,
      folder,
      promote: promoteNow,
    } = await arrange({
      production: { kubernetes: { open: true }, image: { "penguins@1": image("a"), "gulls@1": image("b") } },
    });
    await promoteNow(1);
    await promoteNow(2);
    await register(ports.registry, "gulls");
    await promote(ports.registry, 1, { model: "gulls" });
    await deploy(ports);
    const { files } = await branchOf(folder);
    expect(files).toContain("production/gulls/deployment.yaml");
    expect(await gitIn(folder, "show", "deploy:production/penguins/deployment.yaml")).toContain("penguins@1");
    expect(await gitIn(folder, "show", "deploy:production/kustomization.yaml")).toMatch(/- gulls\n {2}- penguins/);
    await expect(deployProblem(ports, IN_PRODUCTION)).resolves.toMatchObject({ code: "IMAGE_UNKNOWN" });
  });

  it("if the registry's records contradict each other", async () => {
    const { ports, folder, promote } = await arrange();
    await promote(1);
    await rewriteTip(folder, {
      "models/f9/penguins/model.json": (text) => text.replace('"version": 1', '"version": 2'),
    });
    await expect(deploy(ports)).resolves.toMatchObject({ problems: [{ code: "RECORD_FORGED" }] });
    expect(await gitIn(folder, "show", "deploy:production/penguins/deployment.yaml")).toContain("penguins@1");
  });
});
