import { attributeOf, type OrderKey, parseOrder } from "./order.ts";

type Sorted = "runs" | "catalog";

/** Names with a comma stand in backticks. */
const PIECE = /(?:`[^`]*`|[^,`])+/g;

/**
 * An order as people write it in a URL and on a command line: `-accuracy,start_time`. A minus is for descending; a name that is
 * no attribute is a metric's. Complete, as parseOrder gives it, and rejects as that does.
 */
export function parseSort(sort: string, searched: Sorted): OrderKey[] {
  const pieces = (sort.match(PIECE) ?? []).map((piece) => piece.trim()).filter((piece) => piece !== "");
  return parseOrder(
    pieces.map((piece) => {
      const descending = piece.startsWith("-");
      const name = descending ? piece.slice(1) : piece;
      return `${isNamed(name, searched) ? name : `metrics.${quoted(name)}`} ${descending ? "DESC" : "ASC"}`;
    }),
    searched,
  );
}

/** The inverse of parseSort, of what was asked for. */
export function formatSort(order: readonly OrderKey[], searched: Sorted): string {
  return order
    .map(({ key, ascending }) => {
      const dot = key.indexOf(".");
      const [word, name] = [key.slice(0, dot), key.slice(dot + 1)];
      const isPlain =
        word === "attributes" || (word === "metrics" && !isNamed(name, searched) && !name.startsWith("-"));
      return `${ascending ? "" : "-"}${isPlain ? quoted(name) : `${word}.${quoted(name)}`}`;
    })
    .join(",");
}

function isNamed(name: string, searched: Sorted): boolean {
  return attributeOf(name, searched) !== undefined || /^(?:metric|param|parameter|tag|attribute|attr)s?\./.test(name);
}

function quoted(name: string): string {
  return name.startsWith("`") || !/[\s,]/.test(name) ? name : `\`${name}\``;
}
