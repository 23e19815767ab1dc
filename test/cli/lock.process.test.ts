import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { LockResult } from "../../schemas/cli-output.ts";
import { temporaryFolder, write } from "../data/setting.ts";
import { workRepository } from "../registry/repositories.ts";
import { gitIdentity, slipway } from "./memory-host.ts";

gitIdentity();

const specWith = (train: string) => `slipway: 1
task: classification
data: { train: "${train}", test: test.csv, label: y }
predict: { run: "true" }
train: { run: "true" }
metrics: { accuracy: { metric: accuracy_score } }
`;

async function locked() {
  const data = await temporaryFolder();
  await write(data, { "a.csv": "y,x\na,1\n", "b.csv": "y,x\nb,2\n" });
  const cwd = await workRepository();
  const location = `file://${data}/*.csv`;
  await write(cwd, { "models/m/model.yaml": specWith(location), "models/m/test.csv": "y,x\na,3\n" });
  expect(await slipway(["lock"], { cwd })).toMatchObject({ code: 0, stdout: expect.stringContaining("2 pinned") });
  return { data, cwd, location };
}

it("says with --check that nothing moved", async () => {
  const { cwd } = await locked();
  expect(await slipway(["lock", "--check"], { cwd })).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("nothing moved"),
  });
});

it("says with --check what moved, exits with 2 and writes nothing", async () => {
  const { data, cwd, location } = await locked();
  await writeFile(join(data, "c.csv"), "y,x\na,9\n");
  await rm(join(data, "a.csv"));
  const said = await slipway(["lock", "--check"], { cwd });
  expect(said).toMatchObject({ code: 2, stderr: expect.stringContaining("[DATA_CHANGED]") });
  expect(said.stdout).toContain(`+ file://${data}/c.csv added`);
  expect(said.stdout).toContain(`- file://${data}/a.csv gone`);
  const { result } = JSON.parse((await slipway(["lock", "--check", "--json"], { cwd })).stdout);
  expect(LockResult.parse(result).models).toMatchObject([
    {
      model: "m",
      uris: 2,
      changed: true,
      moved: [{ location, added: [`file://${data}/c.csv`], gone: [`file://${data}/a.csv`], changed: [] }],
    },
  ]);
});
