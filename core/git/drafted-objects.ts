import type { EncodedObject } from "./encode.ts";
import type { GitObject, GitObjects } from "./objects.ts";
import { findEntry } from "./tree-edit.ts";
import { parseTree } from "./tree-object.ts";

/**
 * Objects that are not written yet, in front of those that are: for expressions that begin with the id of a drafted one
 * (`<id>`, `<commit>^`, `<commit>^{tree}`, `<commit>^{commit}`, and each of them with `:<path>`). All else is Git's to answer.
 */
export function withDrafts(objects: GitObjects, drafts: Map<string, EncodedObject>): GitObjects {
  /** Trees on the way from a drafted one are read once, and kept beside them: the next act takes the same way. */
  async function readById(id: string, maxBytes?: number): Promise<GitObject | undefined> {
    const object = await objects.read(id, maxBytes);
    // Without drafts there is nothing to be kept for: they were written.
    if (drafts.size > 0 && object?.type === "tree" && object.size <= MAX_KEPT) drafts.set(id, object as EncodedObject);
    return object;
  }

  async function read(expression: string, maxBytes?: number): Promise<GitObject | undefined> {
    const [, id = "", suffix, path] = EXPRESSION.exec(expression) ?? [];
    if (!drafts.has(id)) return expression === id ? readById(id, maxBytes) : objects.read(expression, maxBytes);
    let found: string | undefined = id;
    const drafted = drafts.get(id) as EncodedObject;
    if (suffix === "^") found = header(drafted, "parent");
    else if (suffix === "^{tree}" || (path !== undefined && drafted.type === "commit")) found = header(drafted, "tree");
    if (found === undefined) return undefined;
    if (suffix === "^" && path !== undefined) return read(`${found}:${path}`, maxBytes);
    const names = (path ?? "").split("/").filter(Boolean);
    for (const [at, name] of names.entries()) {
      if (!drafts.has(found)) await readById(found);
      const folder = drafts.get(found);
      // From here on nothing is drafted: Git knows the way.
      if (folder === undefined) return objects.read(`${found}:${names.slice(at).join("/")}`, maxBytes);
      found = folder.type === "tree" ? findEntry(folder.content, name, false).id : undefined;
      if (found === undefined) return undefined;
    }
    const object = drafts.get(found);
    return object === undefined
      ? readById(found, maxBytes)
      : { id: object.id, type: object.type, size: object.content.length, content: object.content };
  }

  return {
    ...objects,
    read,
    readMany: (expressions, maxBytes) => Promise.all(expressions.map((expression) => read(expression, maxBytes))),
    async tree(expression) {
      const [, id = ""] = EXPRESSION.exec(expression) ?? [];
      if (!drafts.has(id)) return objects.tree(expression);
      const named = await read(expression);
      const object = named?.type === "commit" ? await read(`${named.id}^{tree}`) : named;
      return object?.type === "tree" ? parseTree(object.content) : undefined;
    },
  };
}

/** Bytes. */
const MAX_KEPT = 64 * 1024;

/** What a commit's first line of that name says. */
function header({ type, content }: EncodedObject, name: "tree" | "parent"): string | undefined {
  if (type !== "commit") return undefined;
  return new RegExp(`^${name} ([0-9a-f]{40})$`, "m").exec(
    content.toString("latin1").split("\n\n", 1)[0] as string,
  )?.[1];
}

const EXPRESSION = /^([0-9a-f]{40})(\^\{tree\}|\^\{commit\}|\^)?(?::(.*))?$/s;
