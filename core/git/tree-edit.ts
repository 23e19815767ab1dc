import { SlipwayError } from "../errors.ts";
import { type EncodedObject, encodeObject } from "./encode.ts";

const FILE = "100644";
const FOLDER = "40000";

/**
 * Puts files (path → blob id) into a tree and returns the trees that are new, the root last. Without an id the file or
 * folder is taken away, and with the last one its folder. Rejects with REGISTRY_CORRUPT where a path in `once` is there already, or a folder stands in a file's place.
 * Only the trees on the way are read, and they are edited as bytes: a folder of 10,000 entries is
 * scanned once, never taken apart.
 */
export async function editTree(
  readTree: (id: string) => Promise<Buffer>,
  root: string | undefined,
  files: ReadonlyMap<string, string | undefined>,
  once: ReadonlySet<string> = new Set(),
): Promise<EncodedObject[]> {
  const trees: EncodedObject[] = [];
  const edit = async (
    id: string | undefined,
    inside: ReadonlyMap<string, string | undefined>,
    at: string,
  ): Promise<string | undefined> => {
    let raw = id === undefined ? Buffer.alloc(0) : await readTree(id);
    for (const [name, below] of byFirstName(inside)) {
      if (below === undefined) {
        for (const folder of [false, true]) raw = withoutEntry(raw, findEntry(raw, name, folder));
        continue;
      }
      const place = findEntry(raw, name, typeof below !== "string");
      const mode = typeof below === "string" ? FILE : FOLDER;
      if (place.mode !== undefined && place.mode !== mode)
        throw new SlipwayError("REGISTRY_CORRUPT", `${at}${name} has mode ${place.mode} on the branch.`, {
          expected: mode === FOLDER ? "a folder" : "a plain file",
          hint: "Run `slipway verify` to see what else is wrong.",
        });
      if (place.mode !== undefined && once.has(`${at}${name}`))
        throw new SlipwayError("REGISTRY_CORRUPT", `${at}${name} is there already, and is never written twice.`, {
          file: `${at}${name}`,
          hint: "Run `slipway verify`: the model's record does not agree with its files.",
        });
      const child = typeof below === "string" ? below : await edit(place.id, below, `${at}${name}/`);
      if (child === undefined) {
        raw = withoutEntry(raw, place);
        continue;
      }
      const entry = Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(child, "hex")]);
      raw = Buffer.concat([raw.subarray(0, place.start), entry, raw.subarray(place.end)]);
    }
    if (raw.length === 0 && at !== "") return undefined;
    const tree = encodeObject("tree", raw);
    trees.push(id === undefined ? tree : { ...tree, from: id });
    return tree.id;
  };
  await edit(root, files, "");
  return trees;
}

function withoutEntry(raw: Buffer, { start, end }: { start: number; end: number }): Buffer {
  return start === end ? raw : Buffer.concat([raw.subarray(0, start), raw.subarray(end)]);
}

type Below = string | undefined | Map<string, string | undefined>;

function byFirstName(files: ReadonlyMap<string, string | undefined>): Map<string, Below> {
  const names = new Map<string, Below>();
  for (const [path, blob] of files) {
    const slash = path.indexOf("/");
    const name = slash < 0 ? path : path.slice(0, slash);
    const known = names.get(name);
    if (name === "" || name === "." || name === ".." || name.includes("\0")) throw new TypeError(`bad path: ${path}`);
    if (slash < 0) {
      if (names.has(name)) throw new TypeError(`path twice: ${path}`);
      names.set(name, blob);
    } else {
      if (names.has(name) && !(known instanceof Map)) throw new TypeError(`a file and a folder: ${path}`);
      names.set(
        name,
        (known instanceof Map ? known : new Map<string, string | undefined>()).set(path.slice(slash + 1), blob),
      );
    }
  }
  return names;
}

/**
 * Where an entry stands, or belongs: Git sorts bytewise, a folder as if its name ended in `/`. Byte by byte, since calls
 * for each of 10,000 entries would take ten times as long.
 */
export function findEntry(raw: Buffer, wanted: string, folder: boolean) {
  const name = Buffer.from(wanted);
  const key = Buffer.from(folder ? `${wanted}/` : wanted);
  let insertAt = raw.length;
  for (let start = 0; start < raw.length; ) {
    let at = start;
    while (raw[at] !== 0x20 && at < raw.length) at += 1;
    const space = at;
    // The first byte in which the two differ decides.
    let order = 0;
    for (at += 1; raw[at] !== 0 && at < raw.length; at += 1)
      if (order === 0) order = (raw[at] as number) - (key[at - space - 1] ?? -1);
    const length = at - space - 1;
    const end = at + 21;
    if (length === name.length && raw.compare(name, 0, length, space + 1, at) === 0)
      return { start, end, mode: raw.toString("latin1", start, space), id: raw.toString("hex", at + 1, end) };
    if (insertAt === raw.length) {
      const last = space - start === FOLDER.length ? 0x2f : -1;
      if (order === 0) order = last - (key[length] ?? -1);
      if (order > 0) insertAt = start;
    }
    start = end;
  }
  return { start: insertAt, end: insertAt, mode: undefined, id: undefined };
}
