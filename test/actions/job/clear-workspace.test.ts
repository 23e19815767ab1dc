import { chmodSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { clearWorkspace } from "../../../actions/job/clear-workspace.ts";
import { temporaryFolder } from "../../runtime/temporary.ts";

const HELD = { "work/models/.git/config": "x", "work/models/data/test.csv": "labels", "temp/keep": "x" };
const job = (root: string) => ({
  GITHUB_ACTIONS: "true",
  GITHUB_WORKSPACE: join(root, "work"),
  RUNNER_TEMP: join(root, "temp"),
});

it("empties the workspace of a job, with what cannot be written in it, and nothing else", async () => {
  const root = temporaryFolder(HELD);
  chmodSync(join(root, "work/models/data"), 0o500);
  expect(await clearWorkspace(job(root))).toEqual(["models"]);
  expect(readdirSync(join(root, "work"))).toEqual([]);
  expect(readdirSync(join(root, "temp"))).toEqual(["keep"]);
});

it.each([
  ["GITHUB_ACTIONS", undefined],
  ["GITHUB_ACTIONS", "false"],
  ["RUNNER_TEMP", undefined],
  ["GITHUB_WORKSPACE", undefined],
  ["GITHUB_WORKSPACE", ""],
])("touches nothing where %s is %s", async (name, value) => {
  const root = temporaryFolder(HELD);
  expect(await clearWorkspace({ ...job(root), [name]: value })).toEqual([]);
  expect(readdirSync(join(root, "work"))).toEqual(["models"]);
});

it("touches no workspace that holds the runner's own folder", async () => {
  const root = temporaryFolder(HELD);
  expect(await clearWorkspace({ ...job(root), GITHUB_WORKSPACE: root })).toEqual([]);
  expect(readdirSync(root).sort()).toEqual(["temp", "work"]);
});

it("refuses to run from the workspace that it has to empty", async () => {
  const root = temporaryFolder(HELD);
  await expect(clearWorkspace(job(root), join(root, "work/actions/train/dist/main.js"))).rejects.toMatchObject({
    code: "UNSUPPORTED",
  });
  expect(readdirSync(join(root, "work"))).toEqual(["models"]);
});
