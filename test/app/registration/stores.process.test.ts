import { open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { git } from "../../../core/git/run.ts";
import { openFolderStore } from "../../../core/stores/file/folder.ts";
import { type ModelsOnGitHub, specOf, startModels } from "../models-on-github.ts";

async function begin(): Promise<ModelsOnGitHub> {
  const github = await startModels();
  onTestFinished(() => github.end());
  return github;
}

const versions = async ({ repo }: ModelsOnGitHub) =>
  (await git(repo.folder, ["tag", "--list", "penguins@*"])).toString().split("\n").filter(Boolean);

it("registers nothing from a store that is not the repository's own, and says which one is", async () => {
  const github = await begin();
  const foreign = join(dirname(github.store), "999");
  const policy = `slipway: 1\nartifacts: { store: "file:${foreign}" }\n`;
  const pull = await github.openPull("stranger", {
    "slipway.yaml": policy,
    "models/penguins/model.yaml": specOf({ trees: 7 }),
  });
  await github.merge(pull);
  const about = await github.stored();
  const kept = openFolderStore(foreign, `file:${foreign}`);
  const file = join(dirname(github.store), "weights");
  await (await open(file, "wx")).close();
  const predictions = await kept.putFile(file);

  await github.run("main", { results: { penguins: { ...about, predictions } } });

  expect(await versions(github)).toEqual([]);
  const told = github.comments(pull).join("\n");
  expect(told).toContain("STORE_NOT_ALLOWED");
  expect(told).toContain(`expected file:${github.store}`);
});
