import type { GitObjects } from "../git/objects.ts";
import { git } from "../git/run.ts";
import type { SoundObjects, Unsound } from "../git/sound-objects.ts";
import type { Finding } from "./finding.ts";
import type { OwedTag } from "./owed-tag.ts";
import { damaged } from "./verify-history.ts";
import { type SignatureCounts, type TrustedSigners, verifySignatures } from "./verify-signatures.ts";

export interface VerifiedTags {
  findings: Finding[];
  signatures: SignatureCounts;
  /** Those that are not there, or whose object is damaged though its bytes are known (`named`: the ref is there). */
  owed: (OwedTag & { named: boolean })[];
  /** The other objects that are damaged. */
  damaged: string[];
}

/**
 * Every tag that the records call for, with exactly the bytes that follow from them and a signature at most behind them, and
 * no other for these models.
 */
export async function verifyTags(
  objects: GitObjects,
  sound: SoundObjects,
  expected: readonly OwedTag[],
  { models, tagRefs, tip, trust }: { models: ReadonlySet<string>; tagRefs: string; tip: string; trust: TrustedSigners },
): Promise<VerifiedTags> {
  const found = await listTags(objects.folder, tagRefs);
  const states = new Map<string, Unsound>();
  const named = expected.flatMap(({ name }) => found.get(name) ?? []);
  await sound.readMany(named, (id, state) => states.set(id, state));
  const whole = new Map([...found].flatMap(([name, id]) => (states.has(id) ? [] : [[name, { id }] as const])));
  const { same, findings, signatures } = await verifySignatures(objects, expected, whole, trust);
  const seen: VerifiedTags = { findings, signatures, owed: [], damaged: [] };
  for (const tag of expected) {
    const there = found.get(tag.name);
    found.delete(tag.name);
    const state = states.get(there ?? "");
    if (there !== undefined && state !== undefined) {
      findings.push(damaged(there, state, `the tag ${tag.name}`, { ref: `refs/tags/${tag.name}` }));
      if (there === tag.object.id) seen.owed.push({ ...tag, named: true });
      else seen.damaged.push(there);
    } else if (!same.has(tag.name)) {
      findings.push(await explain(objects, tag, there, tip));
      if (there === undefined) seen.owed.push({ ...tag, named: false });
    }
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
  return seen;
}

async function explain(objects: GitObjects, tag: OwedTag, there: string | undefined, tip: string): Promise<Finding> {
  const about = { ref: `refs/tags/${tag.name}`, commit: tag.on, expected: tag.object.id, found: there ?? "no tag" };
  if (there === undefined)
    return {
      ...about,
      code: "TAG_MISSING",
      message: `The tag ${tag.name} is missing.`,
      hint:
        tag.on === tip
          ? "A writer was interrupted: the next register or promote writes it, and `slipway verify --repair` does."
          : "`slipway verify --repair` writes it: it follows from the records. In a clone, `git fetch --tags` does too.",
    };
  const hint = `Delete it (\`git tag -d '${tag.name}'\`), and fetch the right one from another clone.`;
  const object = await objects.read(there);
  if (object?.type === "commit")
    return { ...about, code: "TAG_LIGHTWEIGHT", message: `The tag ${tag.name} is not annotated.`, hint };
  const target = (await objects.read(`${there}^{commit}`))?.id;
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

/** Without a look at the objects: one that is damaged would end the list. */
async function listTags(folder: string, tagRefs: string): Promise<Map<string, string>> {
  const output = await git(folder, ["for-each-ref", "--format=%(objectname) %(refname)", tagRefs]);
  const lines = output.toString().split("\n").filter(Boolean);
  return new Map(lines.map((line) => [line.slice(41 + tagRefs.length), line.slice(0, 40)]));
}
