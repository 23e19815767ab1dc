/** Links below an address, by pairs of words: `tags /tags` is `tags_url`, with `/tags` after the address. */
export function links(base: string, words: string): Record<string, string> {
  const pairs = [...words.matchAll(/(\S+)\s+(\S+)/g)];
  return Object.fromEntries(pairs.map(([, name, below]) => [`${name}_url`, base + below]));
}

/** GitHub's opaque ids: nobody may read anything from them. */
export const nodeId = (kind: string, id: number | string) => Buffer.from(`${kind}:${id}`).toString("base64url");
