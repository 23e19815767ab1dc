export interface TreeItem {
  /** Octal, as Git stores it: 100644, 100755, 120000 (symbolic link), 160000 (submodule), 40000 (tree). */
  mode: string;
  name: string;
  id: string;
}

/** Parses a raw tree object: `<mode> <name>\0<20 bytes of id>`, again and again. Throws where the bytes end early. */
export function parseTree(content: Buffer): TreeItem[] {
  const items: TreeItem[] = [];
  let offset = 0;
  while (offset < content.length) {
    const space = content.indexOf(0x20, offset);
    const nul = content.indexOf(0, space);
    if (space === -1 || nul === -1 || nul + 21 > content.length)
      throw new Error(`not a Git tree: ends at byte ${offset}`);
    items.push({
      mode: content.toString("latin1", offset, space),
      name: content.toString("utf8", space + 1, nul),
      id: content.toString("hex", nul + 1, nul + 21),
    });
    offset = nul + 21;
  }
  return items;
}
