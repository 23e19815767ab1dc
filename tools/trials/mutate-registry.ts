import { join } from "node:path";
import { editModel } from "../../core/acts/edit-model.ts";
import { openObjects } from "../../core/git/objects.ts";
import { git } from "../../core/git/run.ts";
import { openWorkspace } from "../../core/git/workspace.ts";
import { registryOn } from "../../core/registry/open.ts";
import { filesBelow } from "./mutate-files.ts";
import { commitOnTop, editedRecord, editedTree, gitText, recordPaths } from "./mutate-records.ts";
import type { Random } from "./random.ts";

export const BRANCH = "refs/heads/registry";
export const repositoryIn = (folder: string) => join(folder, "registry.git");
export const tags = async (folder: string) =>
  (await gitText(repositoryIn(folder), "for-each-ref", "--format=%(refname)", "refs/tags")).split("\n");

/** Something done to one file of those that match, in the repository or the store. */
export function onFile(
  pattern: RegExp,
  change: (path: string, random: Random) => Promise<string>,
  root = "registry.git",
) {
  return async (folder: string, random: Random) => {
    const below = join(folder, root);
    const files = await filesBelow(below, pattern);
    return files.length === 0 ? undefined : change(join(below, random.pick(files)), random);
  };
}

/** A commit by hand on the branch. */
export function onTop(
  edit: (
    read: (path: string) => Promise<string>,
    paths: string[],
    random: Random,
  ) => Promise<{ what: string; files: [string, { mode?: string; content: string } | undefined][] } | undefined>,
) {
  return async (folder: string, random: Random) => {
    const repository = repositoryIn(folder);
    const read = async (path: string) => (await git(repository, ["cat-file", "blob", `${BRANCH}:${path}`])).toString();
    const edits = await edit(read, await recordPaths(repository), random);
    if (edits === undefined) return undefined;
    await commitOnTop(repository, new Map(edits.files));
    return edits.what;
  };
}

export function retag(change: (text: string, random: Random) => string) {
  return async (folder: string, random: Random) => {
    const repository = repositoryIn(folder);
    const ref = random.pick(await tags(folder));
    const text = (await git(repository, ["cat-file", "tag", ref])).toString();
    const other = change(text, random);
    if (other === text) return undefined;
    const id = (await git(repository, ["hash-object", "-t", "tag", "-w", "--stdin"], { input: other }))
      .toString()
      .trim();
    await gitText(repository, "update-ref", ref, id);
    return `${ref} is ${id}`;
  };
}

/** The branch from its k-th commit on, with one record of that commit changed in it and in all that follow. */
export async function rewrite(folder: string, random: Random): Promise<string | undefined> {
  const repository = repositoryIn(folder);
  const commits = (await gitText(repository, "rev-list", "--reverse", BRANCH)).split("\n");
  const from = random.int(commits.length);
  const changed = (
    await gitText(repository, "diff-tree", "-r", "--root", "--name-only", "--no-commit-id", commits[from] as string)
  ).split("\n");
  const path = random.pick(changed);
  const edited = editedRecord(
    (await git(repository, ["cat-file", "blob", `${commits[from]}:${path}`])).toString(),
    random,
  );
  if (edited === undefined) return undefined;
  let parent = from === 0 ? undefined : commits[from - 1];
  for (const commit of commits.slice(from)) {
    const same =
      (await gitText(repository, "rev-parse", `${commit}:${path}`)) ===
      (await gitText(repository, "rev-parse", `${commits[from]}:${path}`));
    const tree = same
      ? await editedTree(repository, commit, new Map([[path, { content: edited.text }]]))
      : `${commit}^{tree}`;
    const id = await gitText(repository, "rev-parse", tree);
    const raw = (await git(repository, ["cat-file", "commit", commit])).toString();
    const text = raw.replace(
      /^tree .*\n(parent .*\n)?/,
      `tree ${id}\n${parent === undefined ? "" : `parent ${parent}\n`}`,
    );
    parent = (await git(repository, ["hash-object", "-t", "commit", "-w", "--stdin"], { input: text }))
      .toString()
      .trim();
  }
  await gitText(repository, "update-ref", BRANCH, parent as string);
  return `${path} of commit ${from} rewritten: ${edited.what}`;
}

export async function setBack(folder: string, random: Random): Promise<string | undefined> {
  const steps = 1 + random.int(12);
  await gitText(repositoryIn(folder), "update-ref", BRANCH, `${BRANCH}~${steps}`);
  return `set back by ${steps}`;
}

/** An act like any other, but for its time. */
export async function actAhead(folder: string, random: Random): Promise<string | undefined> {
  const ahead = 600 * 10 ** random.int(7);
  const objects = await openObjects(repositoryIn(folder));
  try {
    const registry = await registryOn(objects, undefined, undefined);
    const workspace = await openWorkspace(repositoryIn(folder));
    const ports = { name: "cli", workspace, objects, registry, remote: undefined } as const;
    const edit = { act: "tag", key: "ahead", value: "yes" } as const;
    const clock = () => new Date(Date.now() + 1000 * ahead);
    await editModel({ ...ports, clock }, { model: "penguins", edit, by: { name: "Ada", id: "ada@example.org" } });
    return `${ahead} seconds`;
  } finally {
    await objects.close();
  }
}
