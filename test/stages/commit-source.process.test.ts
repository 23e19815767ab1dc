import { join } from "node:path";
import { expect, it } from "vitest";
import { openCommitSource } from "../../core/acts/commit-run.ts";
import { openExperiments } from "../../core/experiments/open.ts";
import { arrangeModels } from "./models.ts";

it("reads one state of the registry, whatever is registered meanwhile", async () => {
  const { ports, commit, root, ship } = await arrangeModels();
  const { objects, registry } = ports;
  const experiments = openExperiments(objects, undefined);
  const open = () => {
    const run = { commit, tip: commit, origin: "default-branch" } as const;
    const place = { folder: join(root, "rows"), cache: join(root, "cache"), env: {} };
    return openCommitSource({ objects, registry, experiments, bring: async () => {} }, "tiny", run, place);
  };
  const source = open();
  const before = await source.compared();

  await ship();

  expect(await source.compared()).toEqual(before);
  expect(await open().compared()).not.toEqual(before);
});
