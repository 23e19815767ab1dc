import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  alarmsOf,
  askForOtherRows,
  monitorRuns,
  type Watched,
  watchedFolders,
  watchedModel,
} from "../github/alarmed.ts";
import { tinyRows } from "../tiny-model.ts";
import { jobsOf, newestRun, type OnAct, openOnAct } from "./runs.ts";

// What `slipway init --github --bot` writes: a clock and a bot, no server and no App.
let at: OnAct;
let watched: Watched;

beforeAll(async () => {
  watched = await watchedFolders(tmpdir());
  at = await openOnAct({ bot: true, ...watchedModel(watched) });
  await askForOtherRows(at, watched);
  await monitorRuns(at);
});
afterAll(() => at?.close());

it("runs by the clock, and attests what it found in its last job's name", () => {
  const run = newestRun(at, "Slipway monitor");
  expect(run).toMatchObject({ event: "schedule", displayTitle: "Monitor all models" });
  expect(jobsOf(run)).toEqual({ "monitor / models / result …": "success", "monitor / monitor": "success" });
});

it("is heard of by the bot, which records it and opens the issue", async () => {
  expect(jobsOf(newestRun(at, "Slipway bot"))).toEqual({ bot: "success" });
  const paths = await at.git("ls-tree", "-r", "--name-only", "monitoring");
  expect(paths.split("\n").filter((path) => path.includes("/windows/1/"))).toHaveLength(2);
  expect(alarmsOf(at)).toMatchObject([{ title: "Alarm: tiny", user: { login: "github-actions[bot]" } }]);
});

it("opens the retrain pull request with its token, and pushes the pins with its key: so the pipeline runs", async () => {
  await writeFile(join(watched.rows, "2.csv"), tinyRows("b"));
  const [alarm] = alarmsOf(at);
  if (alarm === undefined) throw new Error("no alarm");
  const answers = await at.say("ada", alarm, "/retrain");
  const pull = [...at.repo.pulls.values()].at(-1);
  expect(answers.at(-1)).toContain(`#${pull?.number} brings the new pins`);
  expect(pull?.issue.user.login).toBe("github-actions[bot]");
  expect(newestRun(at, "Slipway")).toMatchObject({ event: "pull_request", headSha: pull?.head.sha });
});
