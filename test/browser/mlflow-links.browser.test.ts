import { describe, expect, inject, it } from "vitest";
import { openPage } from "./page.ts";

describe.each(["ui", "app"] as const)("on %s", (where) => {
  it.each([
    ["#/models", "/"],
    ["#/models/penguins", "/m/penguins"],
    ["#/models/penguins/versions/2", "/m/penguins/v/2"],
    ["#/models/a%20b%3C", "/m/a%20b%3C"],
    ["#/experiments/0", "/experiments"],
    ["#/experiments/0/runs/penguins-2", "/m/penguins/v/2"],
    ["#/experiments/0/runs/0123abc", "/experiments/runs/0123abc"],
  ])("a link to MLflow's page %s leads to %s", async (from, to) => {
    const { page, at } = await openPage({ place: inject(where) });
    await page.goto(at(`/${from}`));
    await page.waitForURL(at(to));
  });
});

it("a link to a page of MLflow's address on the App leads to the model's page", async () => {
  const place = inject("app");
  const { page, at } = await openPage({ place });
  await page.goto(`${place.origin}${place.base.replace(/^\/r\//, "/mlflow/")}/#/models/penguins`);
  await page.waitForURL(at("/m/penguins"));
});

it.each(["#//evil.example/models", "#/models//evil.example", "#/settings", "#main"])(
  "a link that is none of MLflow's stays where it is: %s",
  async (from) => {
    const { page, at } = await openPage();
    await page.goto(at(`/${from}`));
    expect(page.url().split("#")[0]).toBe(at("/"));
  },
);
