import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { image, KUBERNETES, policyWith, SPEC } from "../acts/deploying.ts";
import { plainHost } from "../acts/plain-host.ts";
import { promote, register } from "../registry/builders.ts";
import { gitIn } from "../registry/repositories.ts";
import { gitIdentity, slipway } from "./memory-host.ts";

gitIdentity();

/** A version that is in production; the branch deploy does not say so yet. */
async function arrange(targets = KUBERNETES) {
  const host = await plainHost({ "slipway.yaml": policyWith(targets), "models/penguins/model.yaml": SPEC });
  await register(host.registry);
  await promote(host.registry, 1);
  const cwd = host.workspace.folder;
  const json = async (...words: string[]) => {
    const { code, stdout } = await slipway([...words, "--json"], { cwd });
    return { code, ...JSON.parse(stdout) };
  };
  return { host, cwd, json };
}

it("deploy writes the branch, and writes nothing the second time", async () => {
  const { cwd, json } = await arrange();
  expect(await json("deploy")).toMatchObject({ code: 0, result: { outcome: "written", problems: [] } });
  const tip = await gitIn(cwd, "rev-parse", "deploy");
  expect(await json("deploy")).toMatchObject({ code: 0, result: { outcome: "unchanged", commit: tip } });
});

it("deploy --check says how the branch differs, fails for it, and writes nothing", async () => {
  const { cwd, json } = await arrange();
  expect(await json("deploy", "--check")).toMatchObject({
    code: 1,
    error: { code: "DEPLOY_BEHIND" },
    result: { differences: expect.arrayContaining([{ path: "production/penguins/deployment.yaml", is: "missing" }]) },
  });
  expect(await gitIn(cwd, "branch", "--list", "deploy")).toBe("");
  await json("deploy");
  expect(await json("deploy", "--check")).toMatchObject({ code: 0, result: { differences: [] } });
});

it("deploy --to writes the same files into a folder", async () => {
  const { cwd, json } = await arrange();
  await json("deploy");
  expect(await json("deploy", "--to", "out")).toMatchObject({ code: 0, result: { outcome: "rendered" } });
  const path = "production/penguins/deployment.yaml";
  expect(readFileSync(`${cwd}/out/${path}`, "utf8").trim()).toBe(await gitIn(cwd, "show", `deploy:${path}`));
  expect(await json("deploy", "--to", "out")).toMatchObject({ code: 2, error: { code: "USAGE" } });
});

it("deploy says that there is nothing to render if slipway.yaml describes no stage", async () => {
  const { json } = await arrange({});
  expect(await json("deploy")).toMatchObject({ code: 0, result: { outcome: "off" } });
});

it("deploy names the folders that stay as they are, and fails", async () => {
  const { json } = await arrange({ production: { kubernetes: { open: true }, image: { "penguins@9": image("a") } } });
  expect(await json("deploy")).toMatchObject({
    code: 2,
    error: { code: "IMAGE_UNKNOWN" },
    result: { problems: [{ model: "penguins", stage: "production", code: "IMAGE_UNKNOWN" }] },
  });
});

it("deploy ticks nothing off while a folder stays as it is", async () => {
  const { cwd } = await arrange({ production: { kubernetes: { open: true }, image: { "penguins@9": image("a") } } });
  for (const words of [[], ["--check"], ["--to", "out"]]) {
    const { stdout } = await slipway(["deploy", ...words], { cwd });
    expect(stdout).toMatch(/^• /);
  }
});

it("verify finds what an interrupted writer left out of the branch, and --repair writes it", async () => {
  const { cwd, json } = await arrange();
  const codes = ({ result }: { result: { findings: { code: string }[] } }) => result.findings.map(({ code }) => code);
  expect(codes(await json("verify"))).toContain("DEPLOY_BEHIND");
  const repaired = await json("verify", "--repair");
  expect(repaired.result.repaired).toContainEqual(expect.objectContaining({ ref: "refs/heads/deploy" }));
  expect(codes(repaired)).not.toContain("DEPLOY_BEHIND");
  expect(await gitIn(cwd, "log", "-1", "--format=%s", "deploy")).toBe("production: penguins@1");
});

it("a rollback says if the branch deploy could not follow", async () => {
  const { host, cwd } = await arrange();
  await register(host.registry);
  await promote(host.registry, 2, { previous: "0000000000000001" });
  await slipway(["deploy"], { cwd });
  const foreign = await gitIn(cwd, "commit-tree", "deploy^{tree}", "-p", "deploy", "-m", "by hand");
  await gitIn(cwd, "update-ref", "refs/heads/deploy", foreign);
  const { code, stderr } = await slipway(["rollback", "penguins", "production"], { cwd });
  expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining("DEPLOY_CONFLICT") });
});
