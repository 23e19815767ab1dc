import { describe, expect, it } from "vitest";
import { ACTS } from "../../api/portal/acts/acts.ts";
import { ACT_ROWS, ELSEWHERE } from "./act-rows.ts";
import { fillForm, formOf } from "./form.ts";
import { ownUi } from "./own-place.ts";
import { openPage } from "./page.ts";
import { type Recorded, readRecorded } from "./recorded.ts";

it("every act is asked for by a click", () => {
  const asked = new Set([...ACT_ROWS.map(({ act }) => act), ...Object.keys(ELSEWHERE)]);
  expect(Object.keys(ACTS).filter((act) => !asked.has(act))).toEqual([]);
});

describe.each([true, false])("with scripts: %s", (javaScriptEnabled) => {
  const ui = ownUi();

  it.each(ACT_ROWS)("$act: $comes", async (row) => {
    const { page, at } = await openPage({ place: ui.place, javaScriptEnabled });
    await page.goto(at(row.page));
    await (await fillForm(page, row)).click();
    await page.locator("main", { hasText: row.comes }).waitFor();
    expect(await readRecorded(ui.place, row.read)).toEqual(row.is);
  });
});

describe("once", () => {
  const ui = ownUi();
  const UNHOLD = { act: "unhold" };
  const holds = ({ reviews }: Recorded) => reviews("penguins").then((found) => found.length);
  const HOLD = { act: "hold", fields: { reason: "Twice is once" } };

  it("a double click is one act", async () => {
    const { page, at } = await openPage({ place: ui.place });
    await page.goto(at("/m/penguins"));
    await (await fillForm(page, HOLD)).dblclick();
    await page.locator(".flash", { hasText: "penguins is on hold" }).waitFor();
    expect(await readRecorded(ui.place, holds)).toBe(1);
  });

  it("who goes back sees what is so now, and not the form that was sent", async () => {
    const { page, at } = await openPage({ place: ui.place });
    await page.goto(at("/m/penguins"));
    await (await fillForm(page, UNHOLD)).click();
    await page.locator(".flash").waitFor();
    await page.goBack();
    expect(await formOf(page, HOLD).count()).toBe(1);
    expect(await formOf(page, UNHOLD).count()).toBe(0);
    expect(await readRecorded(ui.place, holds)).toBe(2);
  });

  it("a form whose answer is loaded again, and so is sent again, is one act", async () => {
    const { page, at } = await openPage({ place: ui.place });
    const promote = { act: "promote", hidden: { stage: "production" } };
    const refusals = ({ decisions }: Recorded) =>
      decisions("penguins").then((found) => found.filter(({ outcome }) => outcome === "refused").length);
    const before = await readRecorded(ui.place, refusals);
    await page.goto(at("/m/penguins/v/4"));
    await (await fillForm(page, promote)).click();
    const title = page.getByRole("heading", { name: "penguins version 4 stays out of production" });
    await title.waitFor();
    await page.reload();
    await title.waitFor();
    expect(await readRecorded(ui.place, refusals)).toBe(before + 1);
  });
});
