import { expect, it, onTestFinished } from "vitest";
import { openObjects } from "../../core/git/objects.ts";
import { git } from "../../core/git/run.ts";
import { openCommit } from "../../core/source/commit.ts";
import { openWorkTree } from "../../core/source/worktree.ts";
import { loadProject } from "../../core/spec/project.ts";
import { makeRepository } from "../helpers/repository.ts";
import { rules, specWith } from "./builders.ts";

it("finds every model, and reads the same from a commit as from the work tree", async () => {
  const repository = await makeRepository({
    "models/b/model.yaml": specWith(),
    "models/a/model.yaml": specWith("description: first"),
    "models/notes/readme.md": "no model",
    "other/c/model.yaml": "not looked at",
  });
  onTestFinished(() => repository.end());
  const commit = await repository.commit();
  const objects = await openObjects(repository.folder);
  const projects = [
    await loadProject(await openWorkTree(repository.folder), rules),
    await loadProject(openCommit(objects, commit), rules),
  ];
  await objects.close();
  const blob = (await git(repository.folder, ["rev-parse", "HEAD:models/a/model.yaml"])).toString().trim();
  for (const { models, problems } of projects) {
    expect(problems).toEqual([]);
    expect([...models.keys()]).toEqual(["a", "b"]);
    expect(models.get("a")).toMatchObject({
      path: "models/a/model.yaml",
      folder: "models/a",
      blob,
      spec: { description: "first" },
    });
  }
});
