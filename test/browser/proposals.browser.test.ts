import { expect, it } from "vitest";
import { axeFindings } from "./axe.ts";
import { fillForm } from "./form.ts";
import { ownUi } from "./own-place.ts";
import { openPage } from "./page.ts";
import { readRecorded } from "./recorded.ts";

const ui = ownUi();

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
  const branches = await readRecorded(ui.place, (recorded) => recorded.branches());
  await (await fillForm(page, { act: "propose-policy" })).click();
  await page.locator(".flash").waitFor();
  const after = await readRecorded(ui.place, (recorded) => recorded.branches());
  expect(after.length).toBe(branches.length + 1);
  expect(complaints).toEqual([]);
});
