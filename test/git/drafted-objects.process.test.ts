import { expect, it, onTestFinished } from "vitest";
import { composeCommit } from "../../core/git/compose-commit.ts";
import { withDrafts } from "../../core/git/drafted-objects.ts";
import type { EncodedObject } from "../../core/git/encode.ts";
import { openObjects } from "../../core/git/objects.ts";
import { writeObjects } from "../../core/git/write.ts";
import { bareRepository } from "../registry/repositories.ts";

const about = { author: { name: "Ada", id: "ada" }, at: "2026-01-31T09:00:00Z", message: "m" };
const files = (record: Record<string, string>) => Object.entries(record).map(([path, content]) => ({ path, content }));

it("answers of what is not written yet as Git does once it is", async () => {
  const objects = await openObjects(await bareRepository());
  onTestFinished(() => objects.close());
  const { objectFolder } = objects.repository;
  const first = await composeCommit(objects, {
    parent: undefined,
    files: files({ "a/b/c": "1", "a/d": "2" }),
    ...about,
  });
  await writeObjects(objectFolder, first.objects);
  const second = await composeCommit(objects, {
    parent: first.commit,
    files: files({ "a/d": "3", "e/f": "4" }),
    ...about,
  });
  const drafts = new Map<string, EncodedObject>(second.objects.map((object) => [object.id, object]));
  const drafted = withDrafts(objects, drafts);
  const tree = second.objects.at(-2)?.id as string;
  const asked = [
    ...[
      "",
      "^",
      "^{tree}",
      "^{commit}",
      ":",
      ":a",
      ":a/b/c",
      ":a/b",
      ":a/d",
      ":e/f",
      ":e/f/g",
      ":nothing",
      ":a/nothing",
    ],
    ...["^:a/d", "^:e/f"],
  ].map((rest) => `${second.commit}${rest}`);
  asked.push(tree, `${tree}:a/d`, `${tree}:a/b/c`, first.commit, `${first.commit}:a/d`, "f".repeat(40));
  const before = await drafted.readMany(asked);
  const keeping = await openObjects(objects.folder);
  onTestFinished(() => keeping.close());
  keeping.keep([...first.objects, ...second.objects]);
  expect(await keeping.readMany(asked)).toEqual(before);
  const listed = await Promise.all(
    [second.commit, `${second.commit}:a`, `${tree}:a/b`, first.commit].map((each) => drafted.tree(each)),
  );
  await writeObjects(objectFolder, second.objects);
  expect(before).toEqual(await objects.readMany(asked));
  expect(before.filter((each) => each === undefined)).toHaveLength(5);
  expect(listed).toEqual(
    await Promise.all(
      [second.commit, `${second.commit}:a`, `${tree}:a/b`, first.commit].map((each) => objects.tree(each)),
    ),
  );
});
