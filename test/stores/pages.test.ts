import { expect, it } from "vitest";
import { SlipwayError } from "../../core/errors.ts";
import { pagesOf } from "../../core/stores/pages.ts";

const endless = (found: string) => new SlipwayError("STORE_FAILED", "endless", { found });

/** What comes of a list whose pages lead on as `next` says, each with `names` names. */
async function follow(next: (at: string | undefined) => string | undefined, names = 1) {
  const pages: (string | undefined)[] = [];
  const read = async (at: string | undefined) => at;
  const tell = (at: string | undefined) => ({ names, next: next(at) });
  try {
    for await (const page of pagesOf(read, tell, endless)) pages.push(page);
    return { pages };
  } catch (error) {
    return { pages, found: (error as SlipwayError).problems[0]?.found };
  }
}

it("gives page after page up to the last", async () => {
  const next = new Map([
    [undefined, "b"],
    ["b", "c"],
  ]);
  expect(await follow((at) => next.get(at as undefined))).toEqual({ pages: [undefined, "b", "c"] });
});

it("gives an empty list its one page", async () => {
  expect(await follow(() => undefined, 0)).toEqual({ pages: [undefined] });
});

it("goes on behind empty pages, which servers give where they pass over what was removed", async () => {
  const counts = [1, 0, 0, 1, ...Array<number>(99).fill(0), 1];
  const pages: number[] = [];
  const tell = (at: number) => ({
    names: counts[at] as number,
    next: at + 1 < counts.length ? String(at + 1) : undefined,
  });
  for await (const at of pagesOf(async (asked) => Number(asked ?? 0), tell, endless)) pages.push(at);
  expect(pages).toHaveLength(counts.length);
});

it.each<[string, (at: string | undefined) => string, number, string]>([
  ["names nothing and leads on, a hundred times", (at = "") => `${at}a`, 0, "100 pages that name nothing and lead on"],
  ["leads to itself", () => "a", 1, "a page that leads back to an earlier one"],
  ["leads back in a circle", (at) => (at === "a" ? "b" : "a"), 1, "a page that leads back to an earlier one"],
  ["leads on and on", (at = "0") => String(Number(at) + 1), 1, "more than 10000 pages"],
])("gives up a list in which a page %s", async (_, next, names, found) => {
  expect(await follow(next, names)).toMatchObject({ found });
});
