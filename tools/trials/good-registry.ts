import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { deprecateModel, renameModel } from "../../core/acts/change-model.ts";
import { changeVersion } from "../../core/acts/change-version.ts";
import { chargeRun } from "../../core/acts/charge-run.ts";
import { createModel } from "../../core/acts/create-model.ts";
import type { EditPorts } from "../../core/acts/edit-and-publish.ts";
import { editModel } from "../../core/acts/edit-model.ts";
import { editVersion } from "../../core/acts/edit-version.ts";
import { importVersion } from "../../core/acts/import-version.ts";
import type { TryAbout } from "../../core/acts/spend-tries.ts";
import { openObjects } from "../../core/git/objects.ts";
import { git } from "../../core/git/run.ts";
import { openWorkspace } from "../../core/git/workspace.ts";
import { completedPromotion } from "../../core/promotion/complete-rollout.ts";
import { publishWithRetry } from "../../core/registry/commit-act.ts";
import { registryOn } from "../../core/registry/open.ts";
import {
  decisionChange,
  recordChange,
  registrationChange,
  reviewChange,
  rolloutChange,
  withTries,
} from "../../core/registry/records.ts";
import type { Registry } from "../../core/registry/registry.ts";
import { figuresOf } from "../../core/rollout/figures.ts";
import { openFolderStore } from "../../core/stores/file/folder.ts";
import type { ArtifactStore } from "../../core/stores/store.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import type { RolloutPlan, RolloutRecord } from "../../schemas/rollout.ts";
import { HASH_BYTES, type RowSketch } from "../../schemas/row-sketch.ts";
import {
  ADA,
  digest,
  hold,
  manifest,
  promote,
  request,
  reviewOf,
  source,
  WRITTEN,
} from "../../test/registry/builders.ts";

const model = "penguins";

/** Where the bytes of a copy of the registry are. */
export function storeIn(folder: string): ArtifactStore {
  return openFolderStore(join(folder, "store"), "file:store");
}

/** A bare repository whose registry has a commit of every kind that an act writes, and a store with its bytes. */
export async function makeGoodRegistry(folder: string): Promise<void> {
  const repository = join(folder, "registry.git");
  await git(".", ["init", "--quiet", "--bare", "--template=", "--initial-branch=main", repository]);
  const objects = await openObjects(repository);
  try {
    const registry = await registryOn(objects, undefined, undefined);
    let minutes = 0;
    const ports: EditPorts = {
      ...{ name: "cli", remote: undefined, objects, registry },
      workspace: await openWorkspace(repository),
      clock: () => new Date(Date.parse("2026-03-01T09:00:00Z") + 60_000 * minutes++),
    };
    const store = storeIn(folder);
    for (let version = 1; version <= 4; version += 1) await registerBytes(registry, store, folder, version);
    await refuse(registry);
    await promote(registry, 1);
    await promote(registry, 2);
    await promote(registry, 3, { stage: "staging" });
    await promote(registry, 4, { outcome: "refused", refusals: [{ code: "GATE_FAILED", message: "auc is 0.8" }] });
    const asked = await request(registry, 3, source(1));
    await publishWithRetry(registry, async (snapshot) => {
      const record = await snapshot.model(model);
      return record && reviewChange({ review: reviewOf(asked, source(2), { reason: "looks right" }), record });
    });
    await hold(registry, "hold", source(3));
    await hold(registry, "unhold", source(4));
    await hold(registry, "hold", source(5));
    await compare(registry);
    await rollOut(registry);
    for (const edit of [
      { act: "describe", description: "Species from body measurements" },
      { act: "tag", key: "team", value: "ice" },
      { act: "tag", key: "cost", value: "high" },
      { act: "untag", key: "cost" },
      { act: "alias", alias: "champion", version: 2 },
      { act: "alias", alias: "challenger", version: 4 },
      { act: "unalias", alias: "challenger" },
    ] as const)
      await editModel(ports, { model, edit, by: ADA });
    for (const edit of [
      { act: "tag", key: "data", value: "2026" },
      { act: "describe", description: "With the males" },
    ] as const)
      await editVersion(ports, { model, version: 3, edit, by: ADA });
    await changeVersion(ports, { model, version: 1, act: "withdraw", by: ADA, reason: "leaks the label" });
    await changeVersion(ports, { model, version: 3, act: "archive", by: ADA });
    await renameModel(ports, { model, to: "palmer penguins", by: ADA });
    await importModel(ports, store, folder);
  } finally {
    await objects.close();
  }
}

async function registerBytes(registry: Registry, store: ArtifactStore, folder: string, version: number): Promise<void> {
  const artifact = await store.putFolder(await filesOf(folder, `penguins ${version}`));
  const predictions = await store.putFile(join(folder, "made", `penguins ${version}`, "weights"));
  await publishWithRetry(registry, async (snapshot) => {
    const record = await snapshot.model(model);
    const made = testedOn(version < 4 ? 1 : 2, manifest({ version, artifact, predictions }));
    const spending = await chargeRun(snapshot, made, model, { every: [], budget: 20 });
    const change = registrationChange({
      manifest: { ...made, data: { test: made.data.test }, tries: spending.terms },
      record,
    });
    return withTries(change, spending.files(tryAbout(made, { version, outcome: "registered" })));
  });
}

/** A run that was refused: its try alone is written. */
async function refuse(registry: Registry): Promise<void> {
  await publishWithRetry(registry, async (snapshot) => {
    const predictions = { uri: "file:store/q", sha256: digest(77), size: 100 };
    const made = testedOn(1, manifest({ predictions }));
    const spending = await chargeRun(snapshot, made, model, { every: [], budget: 20 });
    return spending.alone(tryAbout(made, { outcome: "refused" }), []);
  });
}

/** One of two test sets, which share half of their rows. */
function testedOn(set: number, made: Manifest): Manifest & { data: { test_sketch: RowSketch } } {
  const test = { ...made.data.test, sha256: digest(set), rows: 20 };
  const hashes = Buffer.alloc(20 * HASH_BYTES);
  for (let row = 0; row < 20; row += 1) hashes.writeUInt32BE(row + 10 * set, row * HASH_BYTES);
  const sketch = { key: "0f".repeat(16), rows: 20, features: [hashes.toString("base64")] };
  return { ...made, data: { ...made.data, test, test_sketch: sketch }, evaluation: { ...made.evaluation, test } };
}

function tryAbout({ source: { commit }, registered_at: at }: Manifest, about: Pick<TryAbout, "version" | "outcome">) {
  const said = { act: "register", policy: { commit }, commit, run: "run 1", by: ADA, at, host: "cli" } as const;
  return { model, ...said, ...about };
}

/** One that is paused, goes on and comes into production by its last step, and one that the end of its stage ends. */
async function rollOut(registry: Registry): Promise<void> {
  const rollout: RolloutPlan = { steps: [{ shadow: "1h" }, { share: 0.1, for: "30m" }, { share: 1 }] };
  const began = await promote(registry, 4, { outcome: "rolling-out", rollout });
  for (const act of ["pause", "resume", "advance", "complete"] as const)
    await publishWithRetry(registry, async (snapshot) => {
      const record = await snapshot.model(model);
      const state = record?.rollouts?.["production"];
      const found = await snapshot.manifest(model, 4);
      if (record === undefined || state === undefined || found === undefined) throw new Error("nothing rolls out");
      const goesOn = act === "advance" || act === "complete";
      const made: RolloutRecord = {
        ...{ slipway: 1, decision: began.id, n: state.n + 1, act, model, stage: "production", version: 4 },
        ...{ step: state.step + (goesOn ? 1 : 0), cause: goesOn ? "figures" : "person", reason: "as it should" },
        ...(goesOn ? { figures: figuresOf({ ms: 5, failed: false }), until: WRITTEN, reports: [digest(8)] } : {}),
        ...{ by: ADA, at: WRITTEN, host: "cli" },
      };
      if (act !== "complete") return rolloutChange({ rollout: made, record });
      const last = { began, record, versionTaggedAt: found.manifest.tagged_at, at: WRITTEN, host: "cli" };
      const decision = completedPromotion({ ...last, artifactCheck: { outcome: "present" } });
      return decisionChange({ decision, record, rollout: { ...made, completes: decision.id } });
    });
  await promote(registry, 4, { stage: "staging", outcome: "rolling-out", rollout });
}

/** A model under a name that is not its folder's: handed in twice, deprecated, revived, handed in again. */
async function importModel(ports: EditPorts, store: ArtifactStore, folder: string): Promise<void> {
  const name = "Antarctic birds";
  await createModel(ports, { name, description: "All of them", tags: { kind: "birds" }, by: ADA });
  for (const words of ["first", "second", "third"]) {
    if (words === "third") {
      await deprecateModel(ports, { model: name, by: ADA });
      await createModel(ports, { name, tags: { kind: "birds" }, by: ADA });
    }
    const artifact = await store.putFolder(await filesOf(folder, words));
    const imported = { source: artifact.uri };
    await importVersion(ports, { model: name, imported, artifact, tags: { words }, by: ADA });
  }
}

async function filesOf(folder: string, words: string): Promise<string> {
  const made = join(folder, "made", words);
  await mkdir(made, { recursive: true });
  await writeFile(join(made, "weights"), words.repeat(100));
  return made;
}

async function compare(registry: Registry): Promise<void> {
  await publishWithRetry(registry, async (snapshot) => {
    const found = await snapshot.manifest(model, 4);
    if (found === undefined) throw new Error("no version 4");
    const comparison = { stage: "production", version: 2, predictions: "kept" as const, rows: 69, metrics: {} };
    return recordChange("comparison", [
      {
        ...{ slipway: 1, model, version: 4, manifest: found.blob, run: "run 9", compared_at: WRITTEN },
        ...{ requested_by: ADA, host: "cli", comparison },
      },
    ]);
  });
}
