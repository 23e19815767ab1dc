import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { git } from "../../../core/git/run.ts";
import { type ModelsOnGitHub, specOf, startModels } from "../models-on-github.ts";

let github: ModelsOnGitHub;
let trees = 100;
/** Versions and tries that there were. */
let before: number[];
beforeAll(async () => {
  github = await startModels();
});
afterAll(() => github.end());
beforeEach(async () => {
  trees += 1;
  const pull = await github.openPull(`trees-${trees}`, { "models/penguins/model.yaml": specOf({ trees }) });
  await github.merge(pull);
  before = await counts();
});

const result = async () => ({ results: { penguins: await github.stored() } });
const lost = () => github.hosted.sandbox.faults.deliveries({ kind: "lost", event: "workflow_run", times: 3 });

/** Versions and tries on record. */
async function counts(): Promise<number[]> {
  const { folder } = github.repo;
  const known = await git(folder, ["ls-tree", "-r", "--name-only", "registry"]).catch(() => Buffer.of());
  const paths = known.toString().split("\n");
  return ["/versions/", "/tries/"].map((part) => paths.filter((path) => path.includes(part)).length);
}
const more = (versions: number, tries: number) => [versions, tries].map((each, at) => each + (before[at] ?? 0));

it("counts both attempts and registers one if the second has started before the first is read", async () => {
  const next = { name: "pipeline / plan", attempt: 2 };
  const again = await github.run("main", { ...(await result()), jobs: (attested) => [...attested, next] });
  expect(await counts()).toEqual(more(0, 1));
  await github.run("main", { ...(await result()), again });
  expect(await counts()).toEqual(more(1, 2));
});

it("counts both attempts and registers one if GitHub's word of the first is lost", async () => {
  lost();
  const again = await github.run("main", await result());
  expect(await counts()).toEqual(more(0, 0));
  await github.run("main", { ...(await result()), again });
  expect(await counts()).toEqual(more(1, 2));
});

it("counts each attempt once if the App was down for all but the first, however often it starts", async () => {
  const again = await github.run("main", await result());
  for (const _ of [2, 3]) {
    lost();
    await github.run("main", { ...(await result()), again });
  }
  expect(await counts()).toEqual(more(1, 1));
  for (const _ of [1, 2]) {
    await github.hosted.restart();
    await github.hosted.settled();
    expect(await counts()).toEqual(more(1, 3));
  }
});
