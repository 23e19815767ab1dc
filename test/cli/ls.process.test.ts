import { describe, expect, it } from "vitest";
import { deprecateModel } from "../../core/acts/change-model.ts";
import { createModel } from "../../core/acts/create-model.ts";
import { publishWithRetry } from "../../core/registry/commit-act.ts";
import { registrationChange } from "../../core/registry/records.ts";
import { ListResult } from "../../schemas/cli-output.ts";
import { plainHost } from "../acts/plain-host.ts";
import { ADA, manifest, promote, register } from "../registry/builders.ts";
import { registryOf, workRepository } from "../registry/repositories.ts";
import { gitIdentity, slipway } from "./memory-host.ts";

gitIdentity();

async function withModels() {
  let second = 0;
  const host = await plainHost({}, { clock: () => new Date(Date.UTC(2026, 2, 1, 9, 0, second++)) });
  for (const [name, team] of [
    ["penguins", "birds"],
    ["churn", "crm"],
    ["gulls", "birds"],
    ["owls", "birds"],
  ] as const)
    await createModel(host, { name, tags: { team }, by: ADA });
  await deprecateModel(host, { model: "owls", by: ADA });
  return async (...words: string[]) => {
    const { code, stdout, stderr } = await slipway(["ls", ...words, "--json"], { cwd: host.workspace.folder });
    if (code !== 0) return { code, stderr };
    const { models, next } = ListResult.parse(JSON.parse(stdout).result);
    return { models: models.map(({ name }) => name), next };
  };
}

it("finds by MLflow's filter, in its order, and pages through what is found", async () => {
  const ls = await withModels();
  const filter = ["--filter", "tags.team = 'birds'"];
  expect(await ls(...filter)).toEqual({ models: ["gulls", "owls", "penguins"], next: undefined });
  const newest = [...filter, "--order-by", "last_updated_timestamp DESC"];
  expect(await ls(...newest, "--limit", "2")).toEqual({ models: ["owls", "gulls"], next: "gulls" });
  expect(await ls(...newest, "--after", "gulls")).toEqual({ models: ["penguins"], next: undefined });
});

it("says what it does not understand of a filter, in MLflow's words", async () => {
  const ls = await withModels();
  for (const [words, said] of [
    [["--filter", "team = 'birds'"], "Invalid attribute key 'team'"],
    [["--filter", "name = 'a' OR name = 'b'"], "Invalid clause(s)"],
    [["--order-by", "size"], "Invalid order by key 'size'"],
    [["--filter", "name = 'a'", "--after", "nobody"], "nobody is not in the registry"],
  ] as const)
    expect(await ls(...words)).toMatchObject({ code: 2, stderr: expect.stringContaining(said) });
});

describe("of a stage, and by a metric,", () => {
  const VALUES: Record<string, (number | null)[]> = { penguins: [0.9, 0.7], churn: [0.8], gulls: [null], owls: [0.99] };

  /** Version 1 of penguins, churn and gulls is in production; penguins has a second, worse one. */
  async function measured() {
    const folder = await workRepository();
    const registry = await registryOf(folder);
    for (const [model, values] of Object.entries(VALUES))
      for (const [at, value] of values.entries()) {
        const accuracy = { value, function: "accuracy_score", greater_is_better: true };
        await publishWithRetry(registry, async (snapshot) => {
          const made = manifest({ model, version: at + 1 });
          const evaluation = { ...made.evaluation, metrics: { accuracy } };
          return registrationChange({ manifest: { ...made, evaluation }, record: await snapshot.model(model) });
        });
      }
    for (const model of ["penguins", "churn", "gulls"]) await promote(registry, 1, { model });
    return async (...words: string[]) => {
      const { stdout } = await slipway(["ls", ...words, "--json"], { cwd: folder });
      const { models, measured } = ListResult.parse(JSON.parse(stdout).result);
      return { models: models.map(({ name }) => name), measured: measured?.map((each) => each.metrics["accuracy"]) };
    };
  }

  it("lists those with a version there, the best first, and those without a value last", async () => {
    const ls = await measured();
    expect(await ls("--stage", "production")).toEqual({ models: ["churn", "gulls", "penguins"], measured: undefined });
    const best = ["--stage", "production", "--order-by", "metrics.accuracy DESC"];
    expect(await ls(...best)).toEqual({ models: ["penguins", "churn", "gulls"], measured: [0.9, 0.8, null] });
    expect(await ls(...best, "--after", "penguins")).toMatchObject({ models: ["churn", "gulls"] });
    expect(await ls("--stage", "nowhere")).toEqual({ models: [], measured: undefined });
  });

  it("looks at the latest version where no stage is named", async () => {
    const ls = await measured();
    expect(await ls("--order-by", "metrics.accuracy")).toEqual({
      ...{ models: ["penguins", "churn", "owls", "gulls"], measured: [0.7, 0.8, 0.99, null] },
    });
  });
});

it("says which stages hold a version where the one that is asked for holds none", async () => {
  const folder = await workRepository();
  const registry = await registryOf(folder);
  await register(registry);
  await promote(registry, 1);
  const { stdout } = await slipway(["ls", "--stage", "prod"], { cwd: folder });
  expect(stdout).toContain("no model is found in prod; stages with a version: production");
});

it("says of a metric to order by that no version has a value of it", async () => {
  const folder = await workRepository();
  await register(await registryOf(folder));
  const stderr = async (key: string) => (await slipway(["ls", "--order-by", key], { cwd: folder })).stderr;
  expect(await stderr("metrics.acuracy DESC")).toBe("No version that is listed has a value of acuracy.\n");
  expect(await stderr("metrics.accuracy DESC")).toBe("");
});
