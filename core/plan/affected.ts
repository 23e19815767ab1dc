import type { SourceTree } from "../source/tree.ts";
import { globFolder, globTest, locationKind, repositoryPath } from "../spec/paths.ts";
import { type LoadedModel, POLICY_PATH } from "../spec/project.ts";
import { MAX_YAML_BYTES } from "../spec/yaml.ts";
import { rowsNameFiles } from "./inputs.ts";

/** The models whose own folder holds a changed path. */
export function changedFolders(changed: readonly string[], models: string): string[] {
  const names = changed.flatMap((path) => {
    if (!path.startsWith(`${models}/`)) return [];
    const [name, rest] = path.slice(models.length + 1).split("/");
    return name !== undefined && rest !== undefined ? [name] : [];
  });
  return [...new Set(names)].sort();
}

/** The models there are, and those whose spec's text can name a path outside its folder: it must write `..` or an escape. */
export async function scanSpecs(tree: SourceTree, folder: string): Promise<{ models: string[]; reaching: string[] }> {
  const names = await tree.folders(folder);
  const models: string[] = [];
  const reaching: string[] = [];
  const paths = names.map((name) => `${folder}/${name}/model.yaml`);
  // A spec that cannot be read is told when it is loaded; here it may reach anywhere.
  const texts = await tree.readMany(paths, MAX_YAML_BYTES).catch(() => undefined);
  for (const [i, name] of names.entries()) {
    const text = texts === undefined ? await tree.read(paths[i] as string, MAX_YAML_BYTES).catch(() => "..") : texts[i];
    if (text === undefined) continue;
    models.push(name);
    if (text.includes("..") || text.includes("\\")) reaching.push(name);
  }
  return { models, reaching };
}

/** Whether a path is one that the spec names, in `code`, `data` or its locks, wherever that is. */
function reaches({ spec, folder }: Pick<LoadedModel, "spec" | "folder">): (path: string) => boolean {
  const inside = (text: string) => repositoryPath(folder, text);
  const below = [...(spec.code ?? ["."]), ...(spec.environment?.lock ?? [])].map(inside);
  const data = [spec.data.train ?? [], spec.data.test ?? [], spec.data.source ?? []].flat();
  const globs = data.flatMap((text) => {
    const path = locationKind(text) === "uri" ? undefined : inside(text);
    return path === undefined ? [] : [globTest(path)];
  });
  // Files that rows name lie below the data's folder; the rows alone know which.
  const beside = rowsNameFiles(spec)
    ? data.flatMap((text) => (locationKind(text) === "uri" ? [] : (inside(text) ?? [])))
    : [];
  below.push(...beside.map(globFolder));
  return (path) =>
    below.some((prefix) => prefix === "" || path === prefix || path.startsWith(`${prefix}/`)) ||
    globs.some((test) => test(path));
}

/** Whether one of the changed paths is one that the spec names. */
export function isReached(model: Pick<LoadedModel, "spec" | "folder">, changed: readonly string[]): boolean {
  return changed.some(reaches(model));
}

/** Those of the changed paths that the model is made or judged from: what its spec names, the spec, its pins, the policy. */
export function changedInputs(
  model: Pick<LoadedModel, "spec" | "folder" | "path">,
  changed: readonly string[],
): string[] {
  const own = [POLICY_PATH, model.path, `${model.folder}/data.lock.json`];
  const reached = reaches(model);
  return changed.filter((path) => own.includes(path) || reached(path));
}
