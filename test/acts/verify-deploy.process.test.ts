import { expect, it } from "vitest";
import { deploy } from "../../core/acts/deploy.ts";
import { verifyDeploy } from "../../core/acts/verify-deploy.ts";
import { promote, register } from "../registry/builders.ts";
import { gitIn } from "../registry/repositories.ts";
import { KUBERNETES, policyWith, SPEC } from "./deploying.ts";
import { plainHost } from "./plain-host.ts";

/** Two versions were in production, and the branch deploy says so. */
async function arrange() {
  const ports = await plainHost({ "slipway.yaml": policyWith(KUBERNETES), "models/penguins/model.yaml": SPEC });
  const { folder } = ports.workspace;
  for (let version = 1; version <= 2; version += 1) {
    await register(ports.registry);
    await promote(ports.registry, version);
    await deploy(ports);
  }
  const git = (...args: string[]) => gitIn(folder, ...args);
  /** A commit on top, with the newest one's message or another. */
  const put = async (tree: string, message?: string, parent = "deploy") => {
    const said = message ?? (await git("log", "-1", "--format=%B", "deploy"));
    await git("update-ref", "refs/heads/deploy", await git("commit-tree", tree, "-p", parent, "-m", said));
  };
  const found = async () => (await verifyDeploy(ports, false)).map(({ code, path }) => [code, path]);
  return { ports, git, put, found };
}

it("nothing is found on a branch that follows from the registry", async () => {
  const { found } = await arrange();
  expect(await found()).toEqual([]);
});

it("a file that was edited by hand is found under the trailers of Slipway's own commit", async () => {
  const { found, put, git, ports } = await arrange();
  const blob = await git("rev-parse", "deploy:README.md");
  const index = `${ports.workspace.folder}/.git/index-of-test`;
  const { execFileSync } = await import("node:child_process");
  const within = (...args: string[]) =>
    execFileSync("git", ["-C", ports.workspace.folder, ...args], { env: { ...process.env, GIT_INDEX_FILE: index } })
      .toString()
      .trim();
  within("read-tree", "deploy");
  within("update-index", "--cacheinfo", `100644,${blob},production/penguins/service.yaml`);
  within("update-index", "--add", "--cacheinfo", `100644,${blob},production/mine/service.yaml`);
  await put(within("write-tree"));
  expect(await found()).toEqual([
    ["DEPLOY_WRONG", "production/penguins/service.yaml"],
    ["DEPLOY_WRONG", "production/mine/service.yaml"],
  ]);
});

it("somebody else's commit is found", async () => {
  const { found, put } = await arrange();
  await put("deploy^{tree}", "by hand");
  expect(await found()).toEqual([["DEPLOY_WRONG", undefined]]);
});

it("a branch that went back to an older commit of the registry is found", async () => {
  const { found, put, git } = await arrange();
  await put("deploy~1^{tree}", await git("log", "-1", "--format=%B", "deploy~1"));
  expect(await found()).toEqual([["DEPLOY_WRONG", undefined]]);
});

it("what an interrupted writer left out is found", async () => {
  const { found, ports } = await arrange();
  await register(ports.registry);
  await promote(ports.registry, 3);
  expect(await found()).toEqual([["DEPLOY_BEHIND", "production/penguins/deployment.yaml"]]);
});

it("a branch that was deleted is found, and is written again", async () => {
  const { found, ports, git } = await arrange();
  await git("update-ref", "-d", "refs/heads/deploy");
  expect(await found()).toEqual([["DEPLOY_BEHIND", expect.any(String)]]);
  await deploy(ports);
  expect(await found()).toEqual([]);
});
