import { expect, it } from "vitest";
import { createModel } from "../../core/acts/create-model.ts";
import { plainHost } from "../acts/plain-host.ts";
import { ADA, register } from "../registry/builders.ts";
import { gitIn } from "../registry/repositories.ts";
import { gitIdentity, slipway } from "./memory-host.ts";

gitIdentity();

it("counts findings by themselves, and not as some of the commits", async () => {
  const host = await plainHost();
  for (const _ of [1, 2]) await register(host.registry);
  for (const tag of ["penguins@v1.0.0", "penguins@v2.0.0"]) await gitIn(host.workspace.folder, "tag", "--delete", tag);
  const { code, stderr } = await slipway(["verify"], { cwd: host.workspace.folder });
  expect(code).toBe(3);
  expect(stderr).toMatch(/\d+ findings in 2 commits, 1 model, 2 versions/);
});

it("records with --accept that a person accepts a commit from the future, and says that it is there to accept", async () => {
  const host = await plainHost({}, { clock: () => new Date("2099-03-01T09:00:00Z") });
  await createModel(host, { name: "churn", by: ADA });
  const cwd = host.workspace.folder;
  const tip = await gitIn(cwd, "rev-parse", "registry");
  const before = await slipway(["verify"], { cwd });
  expect(before).toMatchObject({ code: 3, stderr: expect.stringContaining(`slipway verify --accept ${tip}`) });
  const refused = await slipway(["tag", "churn", "team", "x"], { cwd });
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("REGISTRY_FROM_FUTURE") });
  expect(await slipway(["verify", "--accept", tip], { cwd })).toMatchObject({ code: 0 });
  expect(await slipway(["tag", "churn", "team", "x"], { cwd })).toMatchObject({ code: 0 });
  expect(await gitIn(cwd, "show", `registry:accepted/${tip}.json`)).toContain(`"commit": "${tip}"`);
});

it("names the commits that nothing proves, and fails for them with --strict alone", async () => {
  const host = await plainHost();
  await createModel(host, { name: "churn", by: ADA });
  const clean = await slipway(["verify", "--strict"], { cwd: host.workspace.folder });
  expect(clean).toMatchObject({ code: 0 });
  await register(host.registry);
  const { result } = JSON.parse((await slipway(["verify", "--json"], { cwd: host.workspace.folder })).stdout);
  expect(result).toMatchObject({ proven: 0, unproven: [{ why: "absent", path: "penguins version 1" }] });
  const codes = async (...words: string[]) => {
    const { stdout } = await slipway(["verify", "--json", ...words], { cwd: host.workspace.folder });
    return JSON.parse(stdout).result.findings.map((finding: { code: string }) => finding.code);
  };
  expect(await codes()).not.toContain("COMMIT_UNPROVEN");
  expect(await codes("--strict")).toContain("COMMIT_UNPROVEN");
});
