import { join } from "node:path";
import { beforeEach, expect, it, onTestFinished } from "vitest";
import type { Ports } from "../../core/acts/ports.ts";
import { promoteVersion } from "../../core/acts/promote.ts";
import { registerModel } from "../../core/acts/register.ts";
import { rollBack } from "../../core/acts/rollback.ts";
import { SlipwayError } from "../../core/errors.ts";
import { openObjects } from "../../core/git/objects.ts";
import { openWorkspace } from "../../core/git/workspace.ts";
import type { Registry } from "../../core/registry/registry.ts";
import { openFolderStore } from "../../core/stores/file/folder.ts";
import { makeRepository } from "../helpers/repository.ts";
import { ADA, register, storeArtifact } from "../registry/builders.ts";
import { registryOf } from "../registry/repositories.ts";

const SPEC = `slipway: 1
task: custom
data: { test: test.csv }
predict: { run: node predict.mjs }
metrics: { readability: { run: node score.mjs, greater-is-better: true } }
`;
const PREDICT = `import { writeFileSync } from "node:fs";
writeFileSync(process.env.SLIPWAY_PREDICTIONS, "slipway_id,prediction\\n1,a\\n2,b\\n");
`;
const SCORE = `import { writeFileSync } from "node:fs";
writeFileSync(process.env.SLIPWAY_SCORES, "slipway_id,metric,value\\n1,readability,1\\n2,readability,0\\n");
`;

let registry: Registry;
let ports: Ports;

/** Publishes, and the first time says that it did not, as where a connection breaks after the push. */
function breakingOnce(inner: Registry): Registry {
  let broken = false;
  return {
    ...inner,
    async publish(drafted) {
      const commit = await inner.publish(drafted);
      if (broken) return commit;
      broken = true;
      throw new SlipwayError("REGISTRY_MOVED", "another writer was first");
    },
  };
}

beforeEach(async () => {
  const repository = await makeRepository({
    "models/penguins/model.yaml": SPEC,
    "models/penguins/test.csv": "text\none\ntwo\n",
    "models/penguins/predict.mjs": PREDICT,
    "models/penguins/score.mjs": SCORE,
    ".gitignore": ".slipway/\n",
  });
  onTestFinished(() => repository.end());
  await repository.commit();
  const objects = await openObjects(repository.folder);
  onTestFinished(() => objects.close());
  registry = await registryOf(repository.folder);
  for (const version of [1, 2, 3]) expect(await register(registry, "penguins")).toBe(version);
  const store = openFolderStore(join(repository.folder, ".slipway/store"), "file:.slipway/store");
  await storeArtifact(store);
  ports = {
    name: "cli",
    identifiesUsers: false,
    runsUserCode: true,
    workspace: await openWorkspace(repository.folder),
    objects,
    registry: breakingOnce(registry),
    store,
    remote: undefined,
    clock: () => new Date("2026-03-01T09:00:00Z"),
  };
});

it("takes one step back where the connection breaks after the commit went through", async () => {
  for (const version of [1, 2, 3]) {
    await promoteVersion({ ...ports, registry }, { model: "penguins", version, stage: "production", requestedBy: ADA });
  }
  const result = await rollBack(ports, { model: "penguins", stage: "production", requestedBy: ADA });
  expect(result).toMatchObject({ outcome: "rolled-back", decision: { version: 2 } });
  const snapshot = await registry.snapshot();
  expect((await snapshot.model("penguins"))?.stages["production"]?.version).toBe(2);
  expect((await snapshot.list("decision", "penguins")).filter(({ act }) => act === "rollback")).toHaveLength(1);
});

it("says that it promoted where the connection breaks after the commit went through", async () => {
  const asked = { model: "penguins", version: 2, stage: "production", requestedBy: ADA };
  expect(await promoteVersion(ports, asked)).toMatchObject({ outcome: "promoted", decision: { version: 2 } });
  expect(await (await registry.snapshot()).list("decision", "penguins")).toHaveLength(1);
});

it("says that it registered where the connection breaks after the commit went through", async () => {
  const result = await registerModel(ports, { model: "penguins", requestedBy: ADA });
  expect(result).toMatchObject({ outcome: "registered", manifest: { version: 4 } });
  expect(await (await registry.snapshot()).versions("penguins")).toEqual([1, 2, 3, 4]);
});
