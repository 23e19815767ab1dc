import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { tinyRows } from "../tiny-model.ts";
import { alarmsOf, askForOtherRows, monitorRuns, type Watched, watchedFolders, watchedModel } from "./alarmed.ts";
import { type Models, openModels } from "./models.ts";

// The workflows of `slipway init --github`, with the App: a clock, and nobody who asks.
let at: Models;
let watched: Watched;

beforeAll(async () => {
  watched = await watchedFolders(tmpdir());
  at = await openModels({ pipeline: "real", ...watchedModel(watched) });
  await askForOtherRows(at, watched);
  await monitorRuns(at);
}, 240_000);
afterAll(() => at?.close());

const newestRun = (name: string) => [...at.repo.runs.values()].findLast(({ workflow }) => workflow.name === name);

it("runs by the clock, and attests what it found in its last job's name", () => {
  const run = newestRun("Slipway monitor");
  expect(run).toMatchObject({ event: "schedule", conclusion: "success", displayTitle: "Monitor all models" });
  expect(run?.jobs.map(({ name }) => name.replace(/result \d+ sha256:\w+$/, "result …")).sort()).toEqual([
    "monitor / models / result …",
    "monitor / monitor",
  ]);
});

it("is recorded by the App, and alarms in an issue", async () => {
  const paths = await at.git("ls-tree", "-r", "--name-only", "monitoring");
  expect(paths.split("\n").filter((path) => path.includes("/windows/1/"))).toHaveLength(2);
  expect(alarmsOf(at)).toMatchObject([{ title: "Alarm: tiny", state: "open", user: { login: "slipway[bot]" } }]);
});

it("looks at data that moved at /retrain there, and opens a pull request that the pipeline runs", async () => {
  await writeFile(join(watched.rows, "2.csv"), tinyRows("b"));
  const [alarm] = alarmsOf(at);
  if (alarm === undefined) throw new Error("no alarm");
  const answers = await at.say("ada", alarm, "/retrain");
  expect(answers[0]).toContain("Looking whether the data of tiny has moved");
  const pull = [...at.repo.pulls.values()].at(-1);
  expect(answers[1]).toContain(`#${pull?.number} brings the new pins`);
  expect(newestRun("Slipway monitor")?.displayTitle).toBe(`Monitor tiny, for #${alarm.number}`);
  expect(pull?.issue).toMatchObject({ title: "Retrain tiny: its data moved", state: "open" });
  expect(newestRun("Slipway")).toMatchObject({ event: "pull_request", headSha: pull?.head.sha, conclusion: "success" });
});
