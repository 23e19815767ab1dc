import {
  KINDS,
  MODEL_FOLDER,
  type ModelPath,
  type PathOf,
  type RecordKind,
  type RecordPath,
  shardOf,
} from "./kinds.ts";
import type { PathTemplate } from "./path-template.ts";

/** The branch that is the registry. */
export const REGISTRY_REF = "refs/heads/registry";

const TEMPLATES = Object.entries(KINDS) as [RecordKind, { path: PathTemplate<unknown> }][];

export function formatPath(at: RecordPath): string {
  return (KINDS[at.kind].path as PathTemplate<RecordPath>).format(at);
}

/** The inverse of formatPath; undefined for a path that no record has. */
export function parsePath(path: string): RecordPath | undefined {
  for (const [kind, template] of TEMPLATES) {
    const at = template.path.parse(path);
    if (at !== undefined) return { kind, ...at } as RecordPath;
  }
  return undefined;
}

/** Where a record of this kind is; undefined where the path is of none. */
export function parsePathOf<Kind extends RecordKind>(kind: Kind, path: string): PathOf<Kind> | undefined {
  const at = (KINDS[kind].path as PathTemplate<object>).parse(path);
  return at && ({ kind, ...at } as PathOf<Kind>);
}

/** The records that are written again; every other one is written once. */
export function isMutable(at: RecordPath | undefined): boolean {
  return at !== undefined && KINDS[at.kind].mutable === true;
}

/** The folder of the folders that models' folders are in. */
export const MODELS_FOLDER = MODEL_FOLDER.top;

/** The folder that the model's is in, with all models' whose names look like its. */
export function shardFolder(model: string): string {
  return `${MODELS_FOLDER}/${shardOf(model)}`;
}

/** A model's folder. */
export function modelFolder(model: string): string {
  return MODEL_FOLDER.format({ model });
}

/** The top folders of the branch, but for the sources' one. */
export const TOP_FOLDERS: readonly string[] = [...new Set(TEMPLATES.map(([, { path }]) => path.top))];

/** The folder inside their model's, or their test set's, that all records of a kind are in. */
export function folderInside(kind: ModelPath["kind"] | "try" | "overlap"): string {
  return KINDS[kind].path.inside;
}
