import { SlipwayError } from "../errors.ts";

/** More than any list of a store has: a million names, if a server gives a hundred at a time. */
const MOST_PAGES = 10_000;
/** In a row: a server may give an empty page where it passes over what was removed. */
const MOST_EMPTY = 100;

/** What a page says of itself. */
interface Told {
  /** How many names are on it. */
  names: number;
  /** What asks for the next one; undefined on the last. */
  next: string | undefined;
}

/**
 * The pages of a server's list. Rejects with what `endless` makes of the reason if the list does not come to an end: a hundred pages
 * without a name lead on, a page leads back to an earlier one, or there are ten thousand.
 */
export async function* pagesOf<Page>(
  read: (at: string | undefined) => Promise<Page>,
  tell: (page: Page) => Told,
  endless: (found: string) => SlipwayError,
): AsyncGenerator<Page> {
  const seen = new Set<string>();
  let empty = 0;
  for (let at: string | undefined; ; ) {
    const page = await read(at);
    const { names, next } = tell(page);
    yield page;
    if (next === undefined) return;
    empty = names === 0 ? empty + 1 : 0;
    if (empty >= MOST_EMPTY) throw endless(`${MOST_EMPTY} pages that name nothing and lead on`);
    if (seen.has(next)) throw endless("a page that leads back to an earlier one");
    seen.add(next);
    if (seen.size >= MOST_PAGES) throw endless(`more than ${MOST_PAGES} pages`);
    at = next;
  }
}

/** A store's list that does not end. */
export function endlessList(store: string): (found: string) => SlipwayError {
  return (found) =>
    new SlipwayError("STORE_FAILED", `The artifact store lists without end: ${store}`, {
      expected: "a list that ends",
      found,
      hint: "Look at the server there, and at a proxy before it: following its pages by hand shows where they lead.",
    });
}
