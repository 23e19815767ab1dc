import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { deprecateModel, renameModel } from "../../core/acts/change-model.ts";
import { changeVersion } from "../../core/acts/change-version.ts";
import type { EditPorts } from "../../core/acts/edit-and-publish.ts";
import { openObjects } from "../../core/git/objects.ts";
import { openWorkspace } from "../../core/git/workspace.ts";
import { isRetired } from "../../core/promotion/apply-change.ts";
import { registryOn } from "../../core/registry/open.ts";
import { ADA, promote, register, WRITTEN } from "../../test/registry/builders.ts";

type Ask = (...args: string[]) => Promise<string>;
type Check = (what: string, theirs: unknown, ours: unknown) => void;

/** What became of models and versions later on: GTO has to read each from its tags as `slipway ls` does from the records. */
export async function compareChanges(folder: string, gto: Ask, check: Check): Promise<void> {
  await promisify(execFile)("git", ["init", "--quiet", "--bare", "--initial-branch=main", folder]);
  const objects = await openObjects(folder);
  try {
    const registry = await registryOn(objects, undefined, undefined);
    const workspace = await openWorkspace(folder);
    const ports = {
      name: "cli",
      workspace,
      objects,
      registry,
      remote: undefined,
      clock: () => new Date(WRITTEN),
    } as const;
    await fill(ports);
    const shown = JSON.parse(await gto("show", "--json", "--repo", folder)) as Record<string, Shown>;
    const snapshot = await registry.snapshot();
    const records = await Promise.all((await snapshot.models()).map((name) => snapshot.model(name)));
    for (const record of records) {
      if (record === undefined) continue;
      const { name, deprecated, latest_version, stages } = record;
      const numbers = Array.from({ length: latest_version }, (_, at) => latest_version - at);
      const latest = numbers.find((version) => !isRetired(record, version));
      const ours =
        deprecated !== undefined || latest === undefined
          ? undefined
          : {
              latest: `v${latest}.0.0`,
              stages: Object.entries(stages).map(([stage, { version }]) => [stage, `v${version}.0.0`]),
            };
      const theirs = shown[name];
      const inStages = Object.entries(theirs?.stage ?? {}).filter(([, version]) => version !== null);
      check(`${name}, changed`, theirs && { latest: theirs.version, stages: inStages }, ours);
    }
  } finally {
    await objects.close();
  }
}

interface Shown {
  version: string | null;
  stage: Record<string, string | null>;
}

/** A model for each thing that can become of one, called so. */
async function fill(ports: EditPorts): Promise<void> {
  const { registry } = ports;
  const made = async (model: string, versions: number, live: readonly number[] = []) => {
    for (let version = 1; version <= versions; version += 1) await register(registry, model);
    for (const version of live) await promote(registry, version, { model });
  };
  const change = (model: string, version: number, act: "withdraw" | "archive" | "unassign") =>
    changeVersion(ports, { model, version, act, reason: "tried", by: ADA });

  await made("withdrawn-latest", 3, [1]);
  await change("withdrawn-latest", 3, "withdraw");
  await made("withdrawn-live", 3, [1, 2]);
  await change("withdrawn-live", 2, "withdraw");
  await made("withdrawn-and-replaced", 3, [1, 2]);
  await change("withdrawn-and-replaced", 2, "withdraw");
  await promote(registry, 3, { model: "withdrawn-and-replaced" });
  await made("withdrawn-first", 2, [2]);
  await change("withdrawn-first", 1, "withdraw");
  await made("archived", 3, [1, 3, 2]);
  await change("archived", 2, "archive");
  await made("archived-and-back", 2, [1, 2]);
  await change("archived-and-back", 2, "unassign");
  await promote(registry, 1, { model: "archived-and-back" });
  await made("deprecated", 2, [1]);
  await deprecateModel(ports, { model: "deprecated", reason: "tried", by: ADA });
  await made("deprecated-and-revived", 2, [1]);
  await deprecateModel(ports, { model: "deprecated-and-revived", by: ADA });
  await register(registry, "deprecated-and-revived");
  await made("renamed", 2, [1]);
  await renameModel(ports, { model: "renamed", to: "Called otherwise", by: ADA });
  await register(registry, "renamed");
}
