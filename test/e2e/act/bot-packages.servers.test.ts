import { afterAll, beforeAll, expect, it } from "vitest";
import { jobsOf, newestRun, type OnGitHubAlone, openOnGitHubAlone } from "./runs.ts";

// What `slipway init --github --bot` writes, with nothing but GitHub: the bot's own token reads packages.
let at: OnGitHubAlone;

beforeAll(async () => {
  at = await openOnGitHubAlone({ bot: true });
});
afterAll(() => at?.close());

it("reads packages by itself before it registers, promotes and deploys", async () => {
  const [answer] = await at.say("rolf", await at.issue("rolf"), "/promote tiny production");

  expect(answer).toContain("tiny version 1 is in production");
  expect(await at.versions()).toMatchObject([{ version: 1, bytes: { outcome: "checked" } }]);
  expect(jobsOf(newestRun(at, "Slipway bot"))).toEqual({ bot: "success", "deploy / deploy": "success" });
});
