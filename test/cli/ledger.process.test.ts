import { join } from "node:path";
import { expect, it } from "vitest";
import type { Ports } from "../../core/acts/ports.ts";
import { promoteVersion } from "../../core/acts/promote.ts";
import { LedgerResult } from "../../schemas/cli-output.ts";
import { policyYaml, SPEC } from "../acts/hosts.ts";
import { plainHost } from "../acts/plain-host.ts";
import { ADA, register } from "../registry/builders.ts";
import { gitIn, temporaryFolder } from "../registry/repositories.ts";
import { gitIdentity, slipway } from "./memory-host.ts";

gitIdentity();

/** A repository whose one version was promoted by a gate with a confidence: one try. */
async function tried(more = ""): Promise<Ports> {
  const gate = "{ metric: accuracy, at-least: 0.9, confidence: 0.95 }";
  const host = await plainHost({ "slipway.yaml": policyYaml(0, gate) + more, "models/penguins/model.yaml": SPEC });
  await register(host.registry);
  await promoteVersion(host, { model: "penguins", stage: "production", requestedBy: ADA });
  return host;
}

const told = async (cwd: string, ...words: string[]) =>
  LedgerResult.parse(JSON.parse((await slipway(["ledger", ...words, "--json"], { cwd })).stdout).result).sets;

it("tells who spent what on which test set, and what is left", async () => {
  const { workspace } = await tried();
  const [set, ...others] = await told(workspace.folder, "penguins");
  expect(others).toEqual([]);
  expect(set).toMatchObject({
    ...{ budget: 20, tries: 1, spent: 0.0025, left: 19, inherits: [] },
    spending: [{ called: "penguins", version: 1, stage: "production", outcome: "refused", by: ADA, level: 0.0025 }],
  });
  const { stdout } = await slipway(["ledger"], { cwd: workspace.folder });
  expect(stdout).toContain("1 try so far: 0.25 % of 5 % is spent, 19 of 20 are left.");
  expect(stdout).toMatch(/penguins version 1 .*0\.25 % .*refused for production .*Ada/);
});

it("tells of no end where the policy has no budget", async () => {
  const { workspace } = await tried("tries: 0\n");
  expect((await told(workspace.folder))[0]).not.toHaveProperty("left");
  const { stdout } = await slipway(["ledger"], { cwd: workspace.folder });
  expect(stdout).toContain("there is no promise over tries");
});

it("tells the same in a fresh clone", async () => {
  const { workspace } = await tried();
  const clone = join(await temporaryFolder(), "clone");
  await gitIn(workspace.folder, "clone", "--quiet", workspace.folder, clone);
  expect(await told(clone, "--remote", "origin")).toEqual(await told(workspace.folder));
});

it("is empty where nothing was tried, and knows no model that has no record and no try", async () => {
  const { workspace } = await plainHost();
  expect(await told(workspace.folder)).toEqual([]);
  expect(await slipway(["ledger", "nobody"], { cwd: workspace.folder })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("MODEL_UNKNOWN"),
  });
});
