import { expect, it } from "vitest";
import { deprecateModel } from "../../core/acts/change-model.ts";
import { createModel } from "../../core/acts/create-model.ts";
import { ListResult } from "../../schemas/cli-output.ts";
import { plainHost } from "../acts/plain-host.ts";
import { ADA } from "../registry/builders.ts";
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
