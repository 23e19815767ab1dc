import type { EncodedObject } from "./encode.ts";
import { followed } from "./follow.ts";
import type { GitObject, GitObjects } from "./objects.ts";
import { parseTree } from "./tree-object.ts";

/** Objects that are not written yet, in front of those that are. */
export function withDrafts(objects: GitObjects, drafts: ReadonlyMap<string, EncodedObject>): GitObjects {
  const read = async (expression: string, maxBytes?: number): Promise<GitObject | undefined> => {
    const way = followed(expression, (id) => drafts.get(id));
    if ("ask" in way) return objects.read(way.ask, maxBytes);
    if (way.found === undefined) return undefined;
    const { id, type, content } = way.found;
    return { id, type, size: content.length, content };
  };
  return {
    ...objects,
    read,
    readMany: (expressions, maxBytes) => Promise.all(expressions.map((expression) => read(expression, maxBytes))),
    async tree(expression) {
      const named = await read(expression);
      const object = named?.type === "commit" ? await read(`${named.id}^{tree}`) : named;
      return object?.type === "tree" ? parseTree(object.content) : undefined;
    },
  };
}
