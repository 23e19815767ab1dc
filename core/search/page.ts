import { z } from "zod";
import { CommitId } from "../../schemas/names.ts";
import { formatOrder, type OrderKey } from "./order.ts";
import { refuse } from "./refuse.ts";

/**
 * Where a page begins: after an item, by all that it is ordered by, in the registry as it stood at a commit. `offset` is how
 * many items came before: where the next page is asked for in another order, MLflow goes on by that.
 */
interface PageStart {
  commit: CommitId;
  after: readonly (string | number)[];
  offset: number;
}

const Token = z.object({
  commit: CommitId,
  order: z.string().max(500),
  offset: z.int().min(0),
  after: z
    .array(z.union([z.string().max(1_000), z.number()]))
    .min(1)
    .max(4),
});

/** A token that stays good while others write: it names what was last seen, not only how many there were. */
export function formatPageToken({ commit, after, offset }: PageStart, order: readonly OrderKey[]): string {
  const token = { commit, order: formatOrder(order).join(","), offset, after };
  return Buffer.from(JSON.stringify(token)).toString("base64url");
}

/** The inverse of formatPageToken; of another order's token, the offset alone. Rejects with SEARCH_INVALID what it never gave. */
export function parsePageToken(
  token: string,
  order: readonly OrderKey[],
): Omit<PageStart, "after"> & { after?: PageStart["after"] } {
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
  const { commit, offset, after } = parsed.data;
  const types = order.map(({ key }) => (key === "version_number" ? "number" : "string"));
  const fits = after.length === order.length && types.every((type, at) => typeof after[at] === type);
  if (parsed.data.order !== formatOrder(order).join(",")) return { commit, offset };
  return fits ? { commit, offset, after } : refuse(`Invalid page token, parsed value=${decoded.slice(0, 200)}`);
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
