import type { GitObjects } from "../git/objects.ts";
import { git } from "../git/run.ts";
import type { ComposedTag } from "./compose.ts";
import type { Finding } from "./finding.ts";
import { type SignatureCounts, type Trust, verifySignatures } from "./verify-signatures.ts";

/** A tag that follows from the records, the commit that it belongs on, and the one that added its record. */
export type OwedTag = ComposedTag & { on: string; by: string };

/**
 * Every tag that the records call for, with exactly the bytes that follow from them and a signature at most behind them, and
 * no other for these models.
 */
export async function verifyTags(
  objects: GitObjects,
  expected: readonly OwedTag[],
  models: ReadonlySet<string>,
  tagRefs: string,
  tip: string,
  trust: Trust,
): Promise<{ findings: Finding[]; signatures: SignatureCounts }> {
  const found = await listTags(objects.folder, tagRefs);
  const { same, findings, signatures } = await verifySignatures(objects, expected, found, trust);
  for (const tag of expected) {
    const there = found.get(tag.name);
    found.delete(tag.name);
    if (!same.has(tag.name)) findings.push(await explain(objects, tag, there, tip));
  }
  for (const name of found.keys()) {
    if (!models.has(/^[^@#]*(?=[@#])/.exec(name)?.[0] ?? "")) continue;
    findings.push({
      code: "TAG_UNKNOWN",
      message: `The tag ${name} follows from no record, but GTO would read it.`,
      ref: `refs/tags/${name}`,
      hint: `See who made it with \`git show '${name}'\`; delete it with \`git tag -d '${name}'\`, and on the remote.`,
    });
  }
  return { findings, signatures };
}

async function explain(
  objects: GitObjects,
  tag: OwedTag,
  there: { id: string; type: string } | undefined,
  tip: string,
): Promise<Finding> {
  const about = { ref: `refs/tags/${tag.name}`, commit: tag.on, expected: tag.object.id, found: there?.id ?? "no tag" };
  if (there === undefined)
    return {
      ...about,
      code: "TAG_MISSING",
      message: `The tag ${tag.name} is missing.`,
      hint:
        tag.on === tip
          ? "A writer was interrupted: the next register or promote writes it."
          : "Where an act was cut short, do it again: that completes its tag. In a clone, `git fetch --tags`. If it was deleted, fetch it from another clone.",
    };
  const hint = `Delete it (\`git tag -d '${tag.name}'\`), and fetch the right one from another clone.`;
  if (there.type === "commit")
    return { ...about, code: "TAG_LIGHTWEIGHT", message: `The tag ${tag.name} is not annotated.`, hint };
  const target = (await objects.read(`${there.id}^{commit}`))?.id;
  if (target !== tag.on)
    return {
      ...about,
      code: "TAG_MOVED",
      message: `The tag ${tag.name} is not on the commit that added its version.`,
      expected: tag.on,
      found: target ?? "no commit",
      hint,
    };
  return {
    ...about,
    code: "TAG_DIFFERS",
    message: `The tag ${tag.name} is not the one that the registry writes.`,
    hint,
  };
}

async function listTags(folder: string, tagRefs: string): Promise<Map<string, { id: string; type: string }>> {
  const output = await git(folder, ["for-each-ref", "--format=%(objectname) %(objecttype) %(refname)", tagRefs]);
  const lines = output.toString().split("\n").filter(Boolean);
  return new Map(
    lines.map((line) => {
      const [id = "", type = "", ref = ""] = line.split(" ");
      return [ref.slice(tagRefs.length), { id, type }];
    }),
  );
}
