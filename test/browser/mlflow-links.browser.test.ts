import { expect, it } from "vitest";
import { openPage } from "./page.ts";

it.each([
  ["/#/models", "/"],
  ["/#/models/penguins", "/m/penguins"],
  ["/#/models/penguins/versions/2", "/m/penguins/v/2"],
  ["/#/models/a%20b%3C", "/m/a%20b%3C"],
  ["/#/experiments/0", "/experiments"],
  ["/#/experiments/0/runs/penguins-2", "/m/penguins/v/2"],
  ["/#/experiments/0/runs/0123abc", "/experiments/runs/0123abc"],
])("a link to MLflow's page %s leads to %s", async (from, to) => {
  const { page } = await openPage();
  await page.goto(from);
  await page.waitForURL((url) => url.hash === "" && url.pathname === to);
});

it.each(["/#//evil.example/models", "/#/models//evil.example", "/#/settings", "/#main"])(
  "a link that is none of MLflow's stays where it is: %s",
  async (from) => {
    const { page } = await openPage();
    await page.goto(from);
    const { origin, pathname } = new URL(page.url());
    expect([pathname, new URL("/", page.url()).origin]).toEqual(["/", origin]);
  },
);
