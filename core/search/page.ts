import { z } from "zod";
import { CommitId } from "../../schemas/names.ts";
import type { OrderKey } from "./order.ts";
import { refuse } from "./refuse.ts";

/** Where a page begins: after an item, by all that it is ordered by, in the registry as it stood at a commit. */
export interface PageStart {
  commit: CommitId;
  after: readonly (string | number)[];
}

const Token = z.object({
  commit: CommitId,
  after: z
    .array(z.union([z.string().max(1_000), z.number()]))
    .min(1)
    .max(4),
});

/** A token that stays good while others write: it names what was last seen, not how many there were. */
export function formatPageToken({ commit, after }: PageStart): string {
  return Buffer.from(JSON.stringify({ commit, after })).toString("base64url");
}

/** The inverse of formatPageToken. Rejects with SEARCH_INVALID what it never gave, or gave for another order. */
export function parsePageToken(token: string, order: readonly OrderKey[]): PageStart {
  if (token.length > 10_000 || !/^[\w+/-]+={0,2}$/.test(token)) refuse("Invalid page token, could not base64-decode");
  const decoded = Buffer.from(token, "base64").toString();
  const value = (() => {
    try {
      return JSON.parse(decoded) as unknown;
    } catch {
      return refuse(`Invalid page token, decoded value=${decoded.slice(0, 200)}`);
    }
  })();
  const parsed = Token.safeParse(value);
  if (!parsed.success) return refuse(`Invalid page token, parsed value=${decoded.slice(0, 200)}`);
  const { after } = parsed.data;
  const fits =
    after.length === order.length &&
    order.every(({ key }, at) => typeof after[at] === (key === "version_number" ? "number" : "string"));
  if (!fits) refuse("Invalid page token, it is of a search in another order");
  return parsed.data;
}

/** Compares what two items are ordered by. Times are compared as text: they are all UTC, to the second. */
export function compareKeys(
  order: readonly OrderKey[],
  a: readonly (string | number)[],
  b: readonly (string | number)[],
): number {
  for (const [at, { ascending }] of order.entries()) {
    const [left, right] = [a[at] as string | number, b[at] as string | number];
    if (left === right) continue;
    return left < right === ascending ? -1 : 1;
  }
  return 0;
}
