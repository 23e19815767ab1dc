import { expect, it } from "vitest";
import { axeFindings } from "./axe.ts";
import { fillForm } from "./form.ts";
import { ownUi } from "./own-place.ts";
import { openPage } from "./page.ts";
import { readRecorded } from "./recorded.ts";

const ui = ownUi();
const branches = () => readRecorded(ui.place, (recorded) => recorded.branches());

/** Rows whose label follows from one column. */
const TABLE = [
  "id,weight,colour,ripe",
  ...Array.from(
    { length: 200 },
    (_, at) =>
      `f${at},${100 + ((at * 37) % 90)},${at % 3 === 0 ? "red" : "green"},${(at * 37) % 90 > 45 ? "yes" : "no"}`,
  ),
  "",
].join("\n");

it.each([true, false])("a model is made of a dropped table, with scripts: %s", async (javaScriptEnabled) => {
  const { page, at, complaints } = await openPage({ place: ui.place, javaScriptEnabled });
  await page.goto(at("/new"));
  const name = javaScriptEnabled ? "fruit.csv" : "melons.csv";
  await page.locator("input[type=file]").setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(TABLE) });
  await page.getByRole("button", { name: "Look at it" }).first().click();
  await page.locator("main", { hasText: "The files" }).waitFor();
  expect(await page.locator("main").innerText()).toContain("ripe");
  if (javaScriptEnabled) expect(await axeFindings(page)).toEqual([]);
  const before = await branches();
  // The guessed gate is the best guess without a model; this repository's floor asks for more.
  const spec = page.locator("textarea").first();
  await spec.fill((await spec.inputValue()).replace(/at-least: 0\.\d+/g, "at-least: 0.7"));
  await (await fillForm(page, { act: "propose-model" })).click();
  await page.locator(".flash").waitFor();
  expect((await branches()).length).toBe(before.length + 1);
  expect(complaints).toEqual([]);
});

it.each([true, false])("a policy is tried and proposed as a branch, with scripts: %s", async (javaScriptEnabled) => {
  const { page, at, complaints } = await openPage({ place: ui.place, javaScriptEnabled });
  await page.goto(at("/policy"));
  const text = page.locator("textarea[name=text]");
  for (const folded of await page.locator("details:not([open])", { has: text }).all())
    await folded.locator("> summary").click();
  const before = await text.inputValue();
  await text.fill(before.replace("at-least: 0.6", `at-least: ${javaScriptEnabled ? "0.98" : "0.99"}`));
  await text.locator("xpath=ancestor::form").getByRole("button").first().click();
  await page.locator("main", { hasText: "Propose it" }).waitFor();
  if (javaScriptEnabled) expect(await axeFindings(page)).toEqual([]);
  const known = await branches();
  await (await fillForm(page, { act: "propose-policy" })).click();
  await page.locator(".flash").waitFor();
  expect((await branches()).length).toBe(known.length + 1);
  expect(complaints).toEqual([]);
});
