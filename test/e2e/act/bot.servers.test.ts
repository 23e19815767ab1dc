import { afterAll, beforeAll, expect, it } from "vitest";
import { type OpenPull, threshold } from "../github/models.ts";
import { jobsOf, newestRun, type OnAct, openOnAct } from "./runs.ts";

// What `slipway init --github --bot` writes: no server, and no App.
let at: OnAct;
let pull: OpenPull;

beforeAll(async () => {
  at = await openOnAct({ bot: true });
  pull = await at.pull("ada", "better", threshold(48));
});
afterAll(() => at.close());

it("reports a pull request when its run has ended", async () => {
  expect(await at.report(pull)).toContain("tiny: may merge");
  expect(await at.check(pull)).toMatchObject({ conclusion: "success", title: "tiny would be registered" });
});

it("starts no job for an ordinary comment, and answers a command", async () => {
  expect(await at.say("ada", pull, "Nice work")).toEqual([]);
  // act then also evaluates the matrix of the job that is left out, and cannot; GitHub does not look at it.
  expect(jobsOf(newestRun(at, "Slipway bot"))).not.toHaveProperty("bot");

  expect(await at.say("ada", pull, "/help")).toEqual([expect.stringContaining("/promote")]);
  expect(jobsOf(newestRun(at, "Slipway bot"))).toEqual({ bot: "success" });
});

it("registers a merge, promotes at a command, and deploys in the same run", async () => {
  await at.merge("rolf", pull);
  expect((await at.versions()).map(({ version }) => version)).toEqual([1, 2]);

  const [answer] = await at.say("rolf", pull, "/promote tiny production");

  expect(answer).toContain("tiny version 2 is in production");
  expect(jobsOf(newestRun(at, "Slipway bot"))).toEqual({ bot: "success", "deploy / deploy": "success" });
  const [deployment] = at.repo.deployments.values();
  expect(deployment?.statuses.map(({ state }) => state)).toEqual(["in_progress", "success"]);
});
