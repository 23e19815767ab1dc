import { expect, it, onTestFinished } from "vitest";
import { fileChanges, unifiedDiff } from "../../core/source/code-changes.ts";
import { makeRepository } from "../helpers/repository.ts";
import { gitIn } from "../registry/repositories.ts";

async function twoCommits(before: Record<string, string>, after: Record<string, string>) {
  const repository = await makeRepository(before);
  onTestFinished(() => repository.end());
  const from = await repository.commit();
  await repository.write(after);
  return { folder: repository.folder, from, to: await repository.commit() };
}

it("names what is new, gone and other, by path", () => {
  const before = new Map(Object.entries({ a: "1", b: "1", c: "1" }));
  const after = new Map(Object.entries({ b: "2", c: "1", d: "1" }));
  expect(fileChanges(before, after)).toEqual([
    { path: "a", before: "1", after: undefined },
    { path: "b", before: "1", after: "2" },
    { path: "d", before: undefined, after: "1" },
  ]);
});

it("shows the files that are named, and no other", async () => {
  const { folder, ...commits } = await twoCommits(
    { "m.py": "a\n", "rows.csv": "1\n" },
    { "m.py": "b\n", "rows.csv": "2\n" },
  );
  const { text, isWhole } = await unifiedDiff(folder, { ...commits, paths: ["m.py"], maxBytes: 10_000 });
  expect(text).toContain("-a\n+b\n");
  expect(text).not.toContain("rows.csv");
  expect(isWhole).toBe(true);
});

it("starts no program that the repository configures", async () => {
  const { folder, ...commits } = await twoCommits(
    { "m.py": "a\n", ".gitattributes": "*.py diff=evil\n" },
    { "m.py": "b\n" },
  );
  await gitIn(folder, "config", "diff.evil.command", "touch stolen; echo run-by-git");
  await gitIn(folder, "config", "diff.evil.textconv", "echo run-by-git");
  const { text } = await unifiedDiff(folder, { ...commits, paths: ["m.py"], maxBytes: 10_000 });
  expect(text).toContain("+b");
  expect(text).not.toContain("run-by-git");
});

it("stops at so many bytes, and says so", async () => {
  const { folder, ...commits } = await twoCommits({ "m.py": "a\n" }, { "m.py": "b\n".repeat(500_000) });
  const { text, isWhole } = await unifiedDiff(folder, { ...commits, paths: ["m.py"], maxBytes: 10_000 });
  expect(text.length).toBeLessThanOrEqual(10_000);
  expect(isWhole).toBe(false);
});
