import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { git } from "../../core/git/run.ts";
import { fillForm } from "./form.ts";
import { ownUi } from "./own-place.ts";
import { openPage } from "./page.ts";
import { readRecorded } from "./recorded.ts";

const PLAN = `rollout:
  production:
    steps: [{ shadow: 1h }, { share: 1 }]
    abort: [{ metric: error_rate, at-most: 0.02, min-requests: 200 }]
`;

const ui = ownUi(async (folder) => {
  await appendFile(join(folder, "slipway.yaml"), PLAN);
  await git(folder, ["commit", "--quiet", "--all", "--message", "Roll out step by step"]);
});
const underWay = () =>
  readRecorded(ui.place, ({ model }) => model("penguins").then(({ rollouts }) => rollouts?.["production"]));

it("a version that is rolled out is paused, goes on and is taken back by clicks", async () => {
  const { page, at } = await openPage({ place: ui.place });
  await page.goto(at("/m/penguins/v/6"));
  await (await fillForm(page, { act: "promote", hidden: { stage: "production" } })).click();
  await page.locator(".flash", { hasText: "on its way to production" }).waitFor();
  expect(await underWay()).toMatchObject({ version: 6 });

  for (const [what, said, found] of [
    ["pause", "is paused", expect.objectContaining({ paused: expect.anything() })],
    ["resume", "goes on", expect.not.objectContaining({ paused: expect.anything() })],
    ["abort", "has ended", undefined],
  ] as const) {
    await page.goto(at("/m/penguins"));
    await (await fillForm(page, { act: "rollout", hidden: { what } })).click();
    await page.locator(".flash", { hasText: said }).waitFor();
    expect(await underWay()).toEqual(found);
  }
});
