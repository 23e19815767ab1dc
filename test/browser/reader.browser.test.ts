import type { Page } from "playwright-core";
import { expect, inject, it } from "vitest";
import { openPage } from "./page.ts";
import { pixelOf } from "./pixel.ts";

const DARK = { r: 13, g: 17, b: 23 };

it("times are in the reader's zone, and the exact one is said on hover", async () => {
  const { page, at } = await openPage({ timezoneId: "Asia/Kathmandu", locale: "en-GB" });
  await page.goto(at("/"));
  const time = page.locator("main time").first();
  const exact = (await time.getAttribute("title")) ?? "";
  const there = new Date(Date.parse(exact) + (5 * 60 + 45) * 60_000);
  expect(await time.innerText()).toContain(there.toISOString().slice(11, 16));
  expect(await time.getAttribute("datetime")).toBe(exact);
});

it("times are in UTC and say so, without scripts", async () => {
  const { page, at } = await openPage({ timezoneId: "Asia/Kathmandu", javaScriptEnabled: false });
  await page.goto(at("/"));
  const time = page.locator("main time").first();
  const exact = (await time.getAttribute("title")) ?? "";
  expect(await time.innerText()).toBe(`${exact.slice(0, 16).replace("T", " ")} UTC`);
});

it("a page is dark where the system is, before its style came too", async () => {
  const { page, at } = await openPage({ colorScheme: "dark" });
  await page.route("**/portal.css", (route) => route.abort());
  await page.goto(at("/"));
  const { r, g, b } = await pixelOf(page, 1270, 890);
  expect(Math.max(r, g, b)).toBeLessThan(40);
});

it("a page is dark where the system is", async () => {
  const { page, at } = await openPage({ colorScheme: "dark" });
  await page.goto(at("/"));
  expect(await pixelOf(page, 1270, 890)).toEqual(DARK);
});

it("there is an icon", async () => {
  const answer = await fetch(`${inject("ui").origin}/favicon.ico`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-type")).toBe("image/svg+xml");
});

it("the first stop of the keyboard skips the navigation", async () => {
  const { page, at } = await openPage();
  await page.goto(at("/"));
  await page.keyboard.press("Tab");
  expect(await focused(page)).toBe("Skip to content");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  expect(await page.evaluate<boolean>('document.querySelector("main").contains(document.activeElement)')).toBe(true);
});

it("what the keyboard stands on is outlined", async () => {
  const { page, at } = await openPage();
  await page.goto(at("/"));
  for (let stop = 0; stop < 3; stop += 1) await page.keyboard.press("Tab");
  const outline = await page.evaluate<string>("getComputedStyle(document.activeElement).outlineStyle");
  expect(outline).toBe("solid");
});

it("? shows what the keyboard does, and Escape closes it", async () => {
  const { page, at } = await openPage();
  await page.goto(at("/"));
  await page.keyboard.press("?");
  expect(await page.getByRole("dialog", { name: "Keyboard" }).innerText()).toContain("next and previous row");
  await page.keyboard.press("Escape");
  expect(await page.getByRole("dialog").count()).toBe(0);
});

it("j and k go through the rows, and Enter opens the one at which they stand", async () => {
  const { page, at } = await openPage();
  await page.goto(at("/"));
  const rows = await page
    .locator("main tbody tr td a[href*='/m/']")
    .evaluateAll((links) => [
      ...new Set(links.map((link) => link.getAttribute("href")?.split("/").slice(0, 3).join("/"))),
    ]);
  for (const key of ["j", "j", "j", "k"]) await page.keyboard.press(key);
  expect(await page.locator("main tr.at").innerText()).toContain(rows[1]?.split("/")[2]);
  await page.keyboard.press("Enter");
  await page.waitForURL(`**${rows[1]}**`);
});

it("g and a letter go to a page", async () => {
  const { page, at } = await openPage();
  await page.goto(at("/m/penguins/v/5"));
  await page.keyboard.press("g");
  await page.keyboard.press("m");
  await page.waitForURL((url) => url.pathname === "/");
});

it("keys are letters while somebody writes", async () => {
  const { page, at } = await openPage();
  await page.goto(at("/"));
  await page.keyboard.press("/");
  await page.keyboard.type("gm?");
  expect(await page.getByRole("searchbox").inputValue()).toBe("gm?");
  expect(await page.getByRole("dialog").count()).toBe(0);
});

it("a list and its address follow what is typed", async () => {
  const { page, at, complaints } = await openPage();
  await page.goto(at("/"));
  await page.getByRole("searchbox").pressSequentially("pengu");
  await page.getByRole("link", { name: "churn" }).waitFor({ state: "detached" });
  expect(await page.locator("main tbody tr").count()).toBe(1);
  expect(new URL(page.url()).searchParams.get("q")).toBe("pengu");
  expect(await page.getByRole("searchbox").inputValue()).toBe("pengu");
  expect(complaints).toEqual([]);
});

it("a search is the same with Enter and without scripts", async () => {
  const { page, at } = await openPage({ javaScriptEnabled: false });
  await page.goto(at("/"));
  await page.getByRole("searchbox").fill("pengu");
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.searchParams.get("q") === "pengu");
  expect(await page.locator("main tbody tr").count()).toBe(1);
});

async function focused(page: Page): Promise<string> {
  return page.evaluate<string>("document.activeElement.textContent");
}
