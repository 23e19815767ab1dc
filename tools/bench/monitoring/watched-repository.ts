import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { canonicalJson } from "../../../core/canonical.ts";
import { openObjects } from "../../../core/git/objects.ts";
import { git } from "../../../core/git/run.ts";
import { versionTaggedAt } from "../../../core/promotion/tag-times.ts";
import { publishWithRetry } from "../../../core/registry/commit-act.ts";
import { openRegistry } from "../../../core/registry/open.ts";
import { registrationChange } from "../../../core/registry/records.ts";
import { openFolderStore } from "../../../core/stores/file/folder.ts";
import type { DataProfile } from "../../../schemas/data-record.ts";
import type { Signature } from "../../../schemas/manifest.ts";
import { ADA, manifest, promote, WRITTEN } from "../../../test/registry/builders.ts";

const POLICY = "slipway: 1\nmonitor: { requests: { store: file:.slipway/log } }\n";
const SPEC = `slipway: 1
task: classification
data: { train: train.csv, test: test.csv, label: y }
train: { run: node train.mjs }
predict: { run: node predict.mjs }
metrics:
  accuracy: { metric: accuracy_score }
`;

/** A plain repository in which version 1 of each of these models answers, trained on rows of this profile. */
export async function makeWatched(folder: string, models: readonly string[], profile: DataProfile): Promise<void> {
  await git(folder, ["init", "--quiet", "--initial-branch=main"]);
  await git(folder, ["config", "user.name", ADA.name]);
  await git(folder, ["config", "user.email", ADA.id]);
  await writeFile(join(folder, ".gitignore"), ".slipway/\n");
  await writeFile(join(folder, "slipway.yaml"), POLICY);
  for (const model of models) {
    await mkdir(join(folder, "models", model), { recursive: true });
    await writeFile(join(folder, "models", model, "model.yaml"), SPEC);
  }
  await git(folder, ["add", "."]);
  await git(folder, ["commit", "--quiet", "--message=models"]);
  const store = openFolderStore(join(folder, ".slipway/store"), "file:.slipway/store");
  await writeFile(join(folder, ".slipway-profile.json"), canonicalJson(profile));
  const kept = await store.putFile(join(folder, ".slipway-profile.json"));
  const objects = await openObjects(folder);
  try {
    const registry = await openRegistry({ folder });
    for (const model of models) {
      await publishWithRetry(registry, async (snapshot) => {
        const record = await snapshot.model(model);
        const made = manifest({ model, tagged_at: versionTaggedAt(WRITTEN, record), registered_at: WRITTEN });
        const data = { ...made.data, profile: kept };
        return registrationChange({ manifest: { ...made, data, signature: signatureOf(profile) }, record });
      });
      await promote(registry, 1, { model });
    }
  } finally {
    await objects.close();
  }
}

function signatureOf({ columns }: DataProfile): Signature {
  const inputs = Object.entries(columns).map(([name, { type }]) => ({ name, type }));
  return { inputs, outputs: [{ name: "prediction", type: "string" }] };
}
