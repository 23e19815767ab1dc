import type { EncodedObject } from "./encode.ts";
import { findEntry } from "./tree-edit.ts";

/** What an expression leads to by way of objects that are in memory; or what is left to ask Git. */
type Followed<T> = { found: T | undefined } | { ask: string };

type Known<T extends EncodedObject> = (id: string) => T | undefined;

/**
 * Follows `<id>`, `<commit>^`, `<commit>^{tree}`, `<commit>^{commit}`, and each of them with `:<path>`, for as long as `known`
 * has the object on the way. All else is Git's to answer.
 */
export function followed<T extends EncodedObject>(expression: string, known: Known<T>): Followed<T> {
  const [, id = "", suffix, path] = EXPRESSION.exec(expression) ?? [];
  const first = known(id);
  if (first === undefined) return { ask: expression };
  let at: string | undefined = id;
  if (suffix !== undefined || path !== undefined) {
    if (first.type === "tag" || (first.type !== "commit" && suffix !== undefined)) return { ask: expression };
    if (suffix === "^") at = header(first, "parent");
    else if (suffix === "^{tree}") at = header(first, "tree");
  }
  if (at === undefined) return { found: undefined };
  return path === undefined ? end(at, known) : inside(at, path, known);
}

function end<T extends EncodedObject>(id: string, known: Known<T>): Followed<T> {
  const found = known(id);
  return found === undefined ? { ask: id } : { found };
}

/** `at` is a commit or a tree. */
function inside<T extends EncodedObject>(at: string, path: string, known: Known<T>): Followed<T> {
  const names = path.split("/");
  // What is not a plain path is for Git to read.
  if (path !== "" && names.some((name) => name === "" || name === "." || name === ".."))
    return { ask: `${at}:${path}` };
  let id = at;
  const start = known(id);
  if (start?.type === "commit") id = header(start, "tree") ?? id;
  for (const [place, name] of path === "" ? [] : names.entries()) {
    const folder = known(id);
    if (folder === undefined) return { ask: `${id}:${names.slice(place).join("/")}` };
    const entry = folder.type === "tree" ? findEntry(folder.content, name, false).id : undefined;
    if (entry === undefined) return { found: undefined };
    id = entry;
  }
  // Only a tree is known to be what a path without names leads to.
  return path === "" && start === undefined ? { ask: `${at}:` } : end(id, known);
}

/** What a commit's first line of that name says. */
function header({ content }: EncodedObject, name: "tree" | "parent"): string | undefined {
  return new RegExp(`^${name} ([0-9a-f]{40})$`, "m").exec(
    content.toString("latin1").split("\n\n", 1)[0] as string,
  )?.[1];
}

const EXPRESSION = /^([0-9a-f]{40})(\^\{tree\}|\^\{commit\}|\^)?(?::(.*))?$/s;
