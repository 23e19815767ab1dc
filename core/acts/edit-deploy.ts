import type { Refusal } from "../../schemas/decision.ts";
import type { DeployProblem } from "../../schemas/deploy.ts";
import type { BlobId, CommitId, ModelName, StageName } from "../../schemas/names.ts";
import type { Policy } from "../../schemas/policy.ts";
import { deployFolder, versionName } from "../deploy/names.ts";
import { README, renderStage } from "../deploy/render.ts";
import { encodeBlob } from "../git/encode.ts";
import type { GitObjects } from "../git/objects.ts";
import type { RegistrySnapshot } from "../registry/registry.ts";
import { distrust } from "./checked-version.ts";
import { type RenderedModel, renderStages } from "./deployed-models.ts";
import type { Ports } from "./ports.ts";
import { distrustOfRollout } from "./rolling-out.ts";

/** What the policy says of stages, and which bytes say it. */
export interface Asked {
  targets: NonNullable<Policy["deploy"]>;
  signers: NonNullable<Policy["signers"]>;
  policy: BlobId;
}

/** What a commit on the branch `deploy` changes. */
export interface DeployEdit {
  files: { path: string; content: string }[];
  removed: string[];
  /** In words, for the commit's subject. */
  changes: string[];
}

/** What the branch lacks of these models (undefined: of all), and what it has too much. */
export async function editDeploy(
  ports: Pick<Ports, "objects" | "registry" | "remote">,
  snapshot: RegistrySnapshot,
  asked: Asked,
  tip: CommitId | undefined,
  changed: readonly ModelName[] | undefined,
  problems: DeployProblem[],
): Promise<DeployEdit> {
  const edit: DeployEdit = { files: [], removed: [], changes: [] };
  const folders = await foldersAt(ports.objects, tip);
  const left = new Set(
    [...folders].flatMap(([stage, models]) => [...models].map((model) => deployFolder(model, stage))),
  );
  for (const model of changed ?? (await snapshot.models())) {
    const record = await snapshot.model(model);
    const rendered = record === undefined ? [] : await renderStages(snapshot, record, asked.targets);
    for (const [stage, rendering] of rendered) {
      left.delete(deployFolder(model, stage));
      const refusal = await editFolder({ ports, snapshot, asked, tip, edit, folders }, { model, stage }, rendering);
      if (refusal !== undefined) problems.push({ model, stage, ...refusal });
    }
  }
  for (const [stage, models] of folders)
    for (const model of models) {
      if (!left.has(deployFolder(model, stage)) || (changed !== undefined && !changed.includes(model))) continue;
      edit.removed.push(deployFolder(model, stage));
      edit.changes.push(`${stage}: no ${model}`);
      models.delete(model);
    }
  for (const [stage, models] of folders) {
    const { name, content } = renderStage([...models]);
    const path = `${stage}/${name}`;
    if (models.size === 0) edit.removed.push(path);
    else if (!(await holds(ports.objects, tip, path, content))) edit.files.push({ path, content });
  }
  if (tip === undefined && edit.files.length > 0) edit.files.push(README);
  return edit;
}

interface Editing {
  ports: Pick<Ports, "objects" | "registry" | "remote">;
  snapshot: RegistrySnapshot;
  asked: Asked;
  tip: CommitId | undefined;
  edit: DeployEdit;
  folders: Map<StageName, Set<ModelName>>;
}

/** A model's folder in a stage. Resolves to why it stays as it is, if it does for a reason. */
async function editFolder(
  { ports, snapshot, asked, tip, edit, folders }: Editing,
  { model, stage }: { model: ModelName; stage: StageName },
  rendering: RenderedModel,
): Promise<Refusal | undefined> {
  if (rendering.outcome === "refused") return rendering.refusal;
  const { version, rolling, files } = rendering;
  const folder = deployFolder(model, stage);
  const items = tip === undefined ? [] : ((await ports.objects.tree(`${tip}:${folder}`)) ?? []);
  const before = new Map(items.map(({ name, id }) => [name, id]));
  const missing = [...files].filter(([name, content]) => before.get(name) !== encodeBlob(content).id);
  const stale = [...before.keys()].filter((name) => !files.has(name));
  if (missing.length + stale.length === 0) return undefined;
  const refusal =
    (await distrust(ports, snapshot, { model, version, stage }, asked.signers)) ??
    (rolling && (await distrustOfRollout(ports, snapshot, rolling, asked.signers)));
  if (refusal !== undefined) return refusal;
  edit.files.push(...missing.map(([name, content]) => ({ path: `${folder}/${name}`, content })));
  edit.removed.push(...stale.map((name) => `${folder}/${name}`));
  edit.changes.push(`${stage}: ${versionName(model, version)}`);
  folders.set(stage, (folders.get(stage) ?? new Set()).add(model));
  return undefined;
}

async function holds(objects: GitObjects, tip: CommitId | undefined, path: string, content: string): Promise<boolean> {
  return tip !== undefined && (await objects.read(`${tip}:${path}`))?.id === encodeBlob(content).id;
}

/** The models' folders on the branch, by stage. */
async function foldersAt(objects: GitObjects, tip: CommitId | undefined): Promise<Map<StageName, Set<ModelName>>> {
  const folders = new Map<StageName, Set<ModelName>>();
  if (tip === undefined) return folders;
  for (const { name: stage, mode } of (await objects.tree(tip)) ?? []) {
    if (mode !== FOLDER) continue;
    const models = ((await objects.tree(`${tip}:${stage}`)) ?? []).filter((item) => item.mode === FOLDER);
    folders.set(stage, new Set(models.map(({ name }) => name)));
  }
  return folders;
}

const FOLDER = "40000";
