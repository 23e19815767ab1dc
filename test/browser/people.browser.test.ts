import { expect, it } from "vitest";
import { fillForm } from "./form.ts";
import { ownApp } from "./own-place.ts";
import { openPage } from "./page.ts";
import { readRecorded } from "./recorded.ts";

const app = ownApp();
const live = () =>
  readRecorded(app.place, ({ model }) => model("penguins").then(({ stages }) => stages["production"]?.version));
const FOR_PRODUCTION = { act: "promote", hidden: { stage: "production" } };

it("who has no access finds nothing, as if there were nothing", async () => {
  const { page, at } = await openPage({ place: app.place, as: "eve" });
  const shown = [];
  for (const path of [at("/"), at("/m/penguins"), `${app.place.origin}/r/acme/nothing/`]) {
    const answer = await page.goto(path);
    shown.push([answer?.status(), await page.locator("main").innerText()]);
  }
  expect(shown[0]).toEqual([404, expect.stringContaining("NOT_FOUND")]);
  expect(new Set(shown.map((each) => JSON.stringify(each))).size).toBe(1);
});

it("who may only read is refused, and told by what", async () => {
  const { page, at } = await openPage({ place: app.place, as: "mia" });
  await page.goto(at("/m/penguins/v/6"));
  await (await fillForm(page, FOR_PRODUCTION)).click();
  await page.locator("main", { hasText: "NOT_ALLOWED" }).waitFor();
  expect(await live()).toBe(5);
});

it("a request that somebody rejects, with why, changes nothing", async () => {
  const ada = await openPage({ place: app.place, as: "ada" });
  await ada.page.goto(ada.at("/m/penguins/v/6"));
  await (await fillForm(ada.page, { ...FOR_PRODUCTION, fields: { reason: "All that is measured" } })).click();
  await ada.page.locator(".flash", { hasText: "waits for 1 approval" }).waitFor();

  const grace = await openPage({ place: app.place, as: "grace" });
  await grace.page.goto(grace.at("/inbox"));
  await grace.page.locator("main", { hasText: "All that is measured" }).waitFor();
  await (await fillForm(grace.page, { act: "reject", fields: { reason: "Not before the weekend" } })).click();
  await grace.page.locator(".flash", { hasText: "is rejected for production" }).waitFor();
  expect(await live()).toBe(5);
  const reviews = await readRecorded(app.place, ({ reviews }) => reviews("penguins"));
  expect(reviews).toMatchObject([{ verdict: "reject", by: { name: "grace" }, reason: "Not before the weekend" }]);
});

it("a request that somebody else approves brings the version there, as both of them", async () => {
  const ada = await openPage({ place: app.place, as: "ada" });
  await ada.page.goto(ada.at("/m/penguins/v/6"));
  await (await fillForm(ada.page, FOR_PRODUCTION)).click();
  await ada.page.locator(".flash", { hasText: "waits for 1 approval" }).waitFor();

  const grace = await openPage({ place: app.place, as: "grace" });
  await grace.page.goto(grace.at("/inbox"));
  await (await fillForm(grace.page, { act: "approve" })).click();
  await grace.page.locator(".flash", { hasText: "is in production now" }).waitFor();
  expect(await live()).toBe(6);
  const decisions = await readRecorded(app.place, ({ decisions }) => decisions("penguins"));
  expect(decisions.find(({ version, outcome }) => version === 6 && outcome === "promoted")).toMatchObject({
    requested_by: { name: "ada" },
    approvals: [{ by: { name: "grace" } }],
  });
});

it("who signs out is out", async () => {
  const { page, at } = await openPage({ place: app.place, as: "mia" });
  await page.goto(at("/"));
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForLoadState();
  await page.goto(at("/"));
  expect(new URL(page.url()).pathname).not.toBe(`${app.place.base}/`);
});
