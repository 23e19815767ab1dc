import fc from "fast-check";
import { expect, it } from "vitest";
import { openPull, openWorld } from "./world.ts";

const LINES = ["a", "b", "c", "d", "e", "f", "g", "h"];

/** What each side does to a file of eight lines: which lines it changes, and whether it adds a file. */
const edits = fc.record({ lines: fc.uniqueArray(fc.nat(7), { maxLength: 2 }), adds: fc.boolean() });
const method = fc.constantFrom("merge", "squash", "rebase");

const edited = ({ lines, adds }: { lines: number[]; adds: boolean }, side: string): Record<string, string> => ({
  "text.txt": LINES.map((line, at) => (lines.includes(at) ? `${line} by ${side}` : line)).join("\n"),
  ...(adds ? { [`${side}.txt`]: side } : {}),
});

it("merges to the tree that git merge makes, or conflicts where it does", { timeout: 120_000 }, async () => {
  const world = await openWorld();
  const clone = await world.clone("ada");
  const ada = world.sandbox.octokit("ada");
  let round = 0;
  await fc.assert(
    fc.asyncProperty(edits, edits, method, async (ours, theirs, merge_method) => {
      const base = `base-${++round}`;
      await clone.git("checkout", "-q", "-b", base, "origin/main");
      await clone.commit({ "text.txt": LINES.join("\n") });
      await clone.git("checkout", "-q", "-b", `head-${round}`);
      await clone.commit({ ...edited(theirs, "theirs"), mark: String(round) });
      await clone.git("checkout", "-q", base);
      await clone.commit(edited(ours, "ours"));
      await clone.git("push", "-q", "origin", base, `head-${round}`);
      const who = ["-c", "user.name=x", "-c", "user.email=x@example.org"];
      const merged = await clone.git(...who, "merge", "-q", `head-${round}`).then(
        () => clone.git("rev-parse", "HEAD^{tree}"),
        () => clone.git("merge", "--abort").then(() => undefined),
      );
      const { data: pull } = await ada.rest.pulls.create({
        ...world.at,
        head: `head-${round}`,
        base,
        title: "Merge me",
      });
      expect(pull.mergeable).toBe(merged !== undefined);
      if (merged === undefined) return;
      const { data } = await ada.rest.pulls.merge({ ...world.at, pull_number: pull.number, merge_method });
      await clone.git("fetch", "-q", "origin");
      expect(await clone.git("rev-parse", `origin/${base}^{tree}`)).toBe(merged);
      expect((await clone.git("rev-parse", `origin/${base}`)).trim()).toBe(data.sha);
    }),
    { numRuns: 12 },
  );
});

it.each([
  ["merge", 2, "Merge pull request #1 from acme/change"],
  ["squash", 1, "The change (#1)"],
  ["rebase", 1, "Change change"],
] as const)("%s makes GitHub's commit: %i parents, %s", async (merge_method, parents, subject) => {
  const world = await openWorld();
  const { ada, number, clone, head } = await openPull(world);
  const { data } = await ada.rest.pulls.merge({ ...world.at, pull_number: number, merge_method });
  await clone.git("fetch", "-q", "origin");
  expect((await clone.git("log", "-1", "--format=%P", data.sha)).trim().split(" ")).toHaveLength(parents);
  expect((await clone.git("log", "-1", "--format=%s", data.sha)).trim()).toBe(subject);
  expect((await clone.git("log", "-1", "--format=%cn", data.sha)).trim()).toBe("GitHub");
  expect(data.sha).not.toBe(head);
});
