import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { PAGES } from "../../api/portal/pages.ts";
import { axeFindings, LOOKS, type Look, openPage } from "./page.ts";
import { PAGE_ROWS } from "./rows.ts";

it("every page is looked at", () => {
  const looked = new Set(PAGE_ROWS.map(({ row }) => row));
  expect(Object.keys(PAGES).filter((row) => !looked.has(row))).toEqual([]);
});

describe.each(PAGE_ROWS)("$path", ({ path, says }) => {
  it.each(Object.keys(LOOKS) as Look[])("has nothing to complain of, in %s", async (look) => {
    const { page, complaints } = await openPage(LOOKS[look]);
    const answer = await page.goto(path);
    expect(answer?.status()).toBe(200);
    expect(await axeFindings(page)).toEqual([]);
    expect(await widthOf(page)).toBeLessThanOrEqual(LOOKS[look].viewport.width);
    expect(complaints).toEqual([]);
  });

  it.each([true, false])("says what it is for, with scripts: %s", async (javaScriptEnabled) => {
    const { page } = await openPage({ javaScriptEnabled });
    await page.goto(path);
    const text = await page.locator("main").innerText();
    for (const words of says) expect(text).toContain(words);
  });

  it("is printed with all of its tables", async () => {
    const { page } = await openPage();
    await page.goto(path);
    const before = await page.locator("main table").count();
    await page.emulateMedia({ media: "print" });
    expect(await page.locator("main table:visible").count()).toBe(before);
  });
});

/** How wide the page is that somebody scrolls through, in CSS pixels. */
async function widthOf(page: Page): Promise<number> {
  return page.evaluate<number>("document.documentElement.scrollWidth");
}
