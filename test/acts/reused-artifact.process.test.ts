import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { registerModel } from "../../core/acts/register.ts";
import { slipway } from "../cli/memory-host.ts";
import { ADA } from "../registry/builders.ts";
import { temporaryFolder } from "../registry/repositories.ts";
import { plainHost } from "./plain-host.ts";
import { essays } from "./runs.ts";

/** A trained model that was run once, so that its artifact is in the store and no record names it. */
async function trainedOnce() {
  const files = essays(join(await temporaryFolder(), "log"));
  const spec = files["models/essays/model.yaml"] ?? "";
  const trains = "data: { train: train.csv, test: test.csv }\ntrain: { run: node train.mjs }\n";
  const host = await plainHost(
    {
      ...files,
      "models/essays/model.yaml": spec.replace(/^data: .*\n/m, trains),
      "models/essays/train.csv": "text\nthree\n",
      "models/essays/train.mjs": `import { writeFileSync } from "node:fs";\nwriteFileSync(process.env.SLIPWAY_MODEL + "/m", "trained");\n`,
    },
    { runsUserCode: true },
  );
  await slipway(["run", "essays", "--json"], { cwd: host.workspace.folder });
  return { host, objects: join(host.workspace.folder, ".slipway/store/sha256") };
}

it("registers an artifact of an earlier run", async () => {
  const { host } = await trainedOnce();
  const result = await registerModel(host, { model: "essays", requestedBy: ADA });
  expect(result).toMatchObject({ outcome: "registered", run: { artifact_from: "reused" } });
});

it("registers no artifact of an earlier run that was removed while this one predicted", async () => {
  const { host, objects } = await trainedOnce();
  const remove = ({ step, outcome }: { step: string; outcome: string }) => {
    if (step === "predict" && outcome === "done") rmSync(objects, { recursive: true });
  };
  const asked = { model: "essays", requestedBy: ADA, onStep: remove };
  expect(await registerModel(host, asked)).toMatchObject({
    outcome: "refused",
    refusals: [{ code: "ARTIFACT_MISSING", hint: "Register again: the model is trained anew." }],
  });
  expect(await (await host.registry.snapshot()).versions("essays")).toEqual([]);
});
