import type { Page } from "playwright-core";
import { describe, expect, inject, it } from "vitest";
import { PAGES } from "../../api/portal/pages.ts";
import { axeFindings } from "./axe.ts";
import { LOOKS, type Look, openPage } from "./page.ts";
import { DOWNLOAD_ROWS, PAGE_ROWS } from "./rows.ts";

it("every page is looked at", () => {
  const looked = new Set([...PAGE_ROWS, ...DOWNLOAD_ROWS].map(({ row }) => row));
  expect(Object.keys(PAGES).filter((row) => !looked.has(row))).toEqual([]);
});

describe.each(["ui", "app"] as const)("on %s", (where) => {
  describe.each(PAGE_ROWS)("$path", ({ path, says }) => {
    it.each(Object.keys(LOOKS) as Look[])("has nothing to complain of, in %s", async (look) => {
      const { page, at, complaints } = await openPage({ place: inject(where), ...LOOKS[look] });
      const answer = await page.goto(at(path));
      expect(answer?.status()).toBe(200);
      expect(await axeFindings(page)).toEqual([]);
      expect(await widthOf(page)).toBeLessThanOrEqual(LOOKS[look].viewport.width);
      expect(complaints).toEqual([]);
    });

    it.each([true, false])("says what it is for, with scripts: %s", async (javaScriptEnabled) => {
      const { page, at } = await openPage({ place: inject(where), javaScriptEnabled });
      await page.goto(at(path));
      const text = await page.locator("main").innerText();
      for (const words of says) expect(text).toContain(words);
    });
  });
});

it.each(DOWNLOAD_ROWS)("$path is kept, and not shown", async ({ path, name }) => {
  const { page, at } = await openPage();
  await page.goto(at("/"));
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.evaluate(`location.assign(${JSON.stringify(at(path))})`),
  ]);
  expect(download.suggestedFilename()).toBe(name);
});

it.each(PAGE_ROWS)("$path is printed with all of its tables", async ({ path }) => {
  const { page, at } = await openPage();
  await page.goto(at(path));
  const before = await page.locator("main table").count();
  await page.emulateMedia({ media: "print" });
  expect(await page.locator("main table:visible").count()).toBe(before);
});

/** How wide the page is that somebody scrolls through, in CSS pixels. */
async function widthOf(page: Page): Promise<number> {
  return page.evaluate<number>("document.documentElement.scrollWidth");
}
