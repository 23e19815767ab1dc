import { lstat, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { SlipwayError } from "../../core/errors.ts";
import { openWorkspace, workTreeState } from "../../core/git/workspace.ts";
import type { Template } from "../../core/new-model/read-template.ts";

/** Whether the folder is new, so that `init` may commit in it, or a repository that a person has begun. */
export type FolderState = "new" | "begun";

/**
 * Looks at `folder`. `new`: it is empty, or holds what an interrupted `init` of this template left. Rejects with
 * USAGE for a folder that is neither empty nor the root of a repository without other models.
 */
export async function inspectFolder(folder: string, template: Template): Promise<FolderState> {
  const found = await stat(folder).catch(() => undefined);
  if (found && !found.isDirectory())
    throw new SlipwayError("USAGE", "this is a file", {
      expected: "a folder that is empty or not there yet",
      found: folder,
    });
  const entries = found ? await readdir(folder) : [];
  if (entries.length === 0) return "new";
  if (!entries.includes(".git"))
    throw new SlipwayError("USAGE", "the folder is not empty", {
      expected: "an empty or new folder, or the root of a Git repository",
      found: `${folder} with ${entries.length} ${entries.length === 1 ? "entry" : "entries"}`,
      hint: "name a new folder: slipway init <folder>; to keep what is here, run git init in it first",
    });
  const others = (await modelsIn(folder)).filter((name) => name !== template.model);
  if (others.length > 0)
    throw new SlipwayError("USAGE", "the repository has models already", {
      expected: "a repository without models",
      found: `models/${others.slice(0, 5).join(", models/")}${others.length > 5 ? " …" : ""}`,
      hint: "a further model is a further folder under models/ with a model.yaml: copy the one that is nearest",
    });
  const state = await workTreeState(await openWorkspace(folder));
  if (state.commit !== undefined) return "begun";
  const ours = await Promise.all(state.changed.map((file) => isTemplateFile(folder, file, template)));
  return ours.every(Boolean) ? "new" : "begun";
}

async function modelsIn(folder: string): Promise<string[]> {
  const root = path.join(folder, "models");
  const names = await readdir(root).catch(() => []);
  const specs = await Promise.all(
    names.map((name) =>
      stat(path.join(root, name, "model.yaml")).then(
        () => true,
        () => false,
      ),
    ),
  );
  return names.filter((_, index) => specs[index]);
}

async function isTemplateFile(folder: string, file: string, template: Template): Promise<boolean> {
  const content = template.files.get(file);
  return content?.equals(await readFile(path.join(folder, file))) ?? false;
}

/** Writes the template's files that are missing, and changes no other. Rejects with SYMLINK_REFUSED. */
export async function addMissingFiles(
  folder: string,
  template: Pick<Template, "files">,
): Promise<{ created: string[]; kept: string[] }> {
  const created: string[] = [];
  const kept: string[] = [];
  for (const [file, content] of template.files) {
    await makeFolder(folder, path.posix.dirname(file));
    const written = await writeFile(path.join(folder, file), content, { flag: "wx" }).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === "EEXIST") return false;
        throw error;
      },
    );
    (written ? created : kept).push(file);
  }
  return { created, kept };
}

/** Like `mkdir -p`, but never through a symbolic link, which could lead out of the repository. */
async function makeFolder(root: string, folder: string): Promise<void> {
  const parts = folder.split("/");
  for (const depth of parts.keys()) {
    const step = path.join(root, ...parts.slice(0, depth + 1));
    const found = await lstat(step).catch(() => undefined);
    if (found?.isSymbolicLink())
      throw new SlipwayError("SYMLINK_REFUSED", "a symbolic link is in the way", {
        expected: "a folder of the repository itself",
        found: step,
        hint: "replace the link by a folder",
      });
    if (!found) await mkdir(step);
  }
}
