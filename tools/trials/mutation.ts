import { join } from "node:path";
import { git, runGit } from "../../core/git/run.ts";
import { repairRegistry } from "../../core/registry/repair.ts";
import { type Verification, verifyRegistry } from "../../core/registry/verify.ts";
import { makeGoodRegistry, storeIn } from "./good-registry.ts";
import { Broken, type Kind } from "./kind.ts";
import { meaningOf } from "./meaning.ts";
import { copyOf, MUTATIONS, type Mutation } from "./mutations.ts";
import { readAll } from "./read-all.ts";
import { unpack } from "./unpack.ts";

export const mutation: Kind = {
  name: "mutation",
  does: "a good registry is damaged or changed by hand: verify names all that changed its meaning, and --repair guesses nothing",
  share: 30,
  async prepare(folder) {
    const templates = {
      written: join(folder, "written"),
      loose: join(folder, "loose"),
      packed: join(folder, "packed"),
    };
    await makeGoodRegistry(templates.written);
    await copyOf(templates.written, templates.packed);
    await git(join(templates.packed, "registry.git"), ["gc", "--quiet", "--prune=now"]);
    await copyOf(templates.packed, templates.loose);
    await unpack(join(templates.loose, "registry.git"));
    const clone = join(folder, "clone.git");
    await git(folder, ["init", "--quiet", "--bare", "--template=", clone]);
    const meaning = await meaningOf(templates.loose, templates.loose);
    const answers = JSON.stringify(await readAll(join(templates.loose, "registry.git")));
    return {
      async trial(random, target) {
        const mutated = random.pick(MUTATIONS);
        const packed = mutated.packed ?? random.chance(0.7);
        const template = packed ? random.pick([templates.packed, templates.written]) : templates.loose;
        const copy = join(target, "copy");
        await copyOf(template, copy);
        if (mutated.rewrites) await remember(join(copy, "registry.git"), join(target, "clone.git"));
        const what = await mutated.apply(copy, random);
        if (what === undefined) return "nothing to change";
        // What a disk did: a reader gets the truth, or is told that there is none to be had.
        if (mutated.damages) await refusesOrAnswers(join(copy, "registry.git"), answers, `${mutated.name}: ${what}`);
        const same = (await meaningOf(copy, template)) === meaning;
        return judge(mutated, { what, same, template, copy, target });
      },
    };
  },
};

interface Case {
  what: string;
  /** Every ref, object and stored byte of the registry reads as before. */
  same: boolean;
  template: string;
  copy: string;
  target: string;
}

async function judge(mutated: Mutation, { what, same, template, copy, target }: Case): Promise<string> {
  const folder = join(copy, "registry.git");
  const artifacts = storeIn(copy);
  const about = `${mutated.name}: ${what}`;
  const found = await verifyRegistry({ folder, artifacts });
  unexplained(found, about);
  const codes = [...new Set(found.findings.map(({ code }) => code))].sort().join(" ");
  if (mutated.rewrites) {
    const clone = await verifyRegistry({ folder: join(target, "clone.git"), remote: "origin" });
    if (!clone.findings.some(({ code }) => code === "BRANCH_REWRITTEN"))
      throw new Broken(`${about}: a clone that saw the registry before took it for good`);
    unexplained(clone, about);
  } else if (same && codes !== "") throw new Broken(`${about}: it means what it meant, and verify says ${codes}`);
  else if (!same && codes === "") throw new Broken(`${about}: verify says that it is clean`);
  const refs = await refsOf(folder);
  const { repaired, found: left } = await repairRegistry({ folder, artifacts, from: join(template, "registry.git") });
  unexplained(left, about);
  for (const [ref, id] of refs)
    if ((await refsOf(folder)).get(ref) !== id) throw new Broken(`${about}: --repair changed ${ref}`);
  if (codes === "" && repaired.length > 0) throw new Broken(`${about}: --repair mended what was clean`);
  if (mutated.mends && left.findings.length > 0)
    throw new Broken(
      `${about}: --repair left ${left.findings.map(({ code, message }) => `${code} ${message}`).join("; ")}`,
    );
  if (same) return "no meaning changed, and none found";
  if (codes === "") return "known by a clone alone";
  return left.findings.length === 0 ? "found and repaired" : "found, for a person to decide";
}

async function refusesOrAnswers(folder: string, answers: string, about: string): Promise<void> {
  const read = await readAll(folder);
  if ("said" in read && JSON.stringify(read) !== answers) throw new Broken(`${about}: a reader got a wrong answer`);
}

/** Every finding says what, where and what to do. */
function unexplained({ findings }: Verification, about: string): void {
  for (const { code, message, hint, path, ref, commit, file } of findings)
    if (message.length < 10 || hint.length < 10 || (path ?? ref ?? commit ?? file) === undefined)
      throw new Broken(`${about}: ${code} does not say what, where and what to do: ${message} ${hint}`);
}

async function refsOf(folder: string): Promise<Map<string, string>> {
  const { stdout } = await runGit(folder, ["for-each-ref", "--format=%(refname) %(objectname)"]);
  const lines = stdout.toString().split("\n").filter(Boolean);
  return new Map(lines.map((line) => line.split(" ") as [string, string]));
}

/** A clone that has seen the registry. */
async function remember(folder: string, clone: string): Promise<void> {
  await git(folder, ["init", "--quiet", "--bare", "--template=", clone]);
  await git(clone, ["remote", "add", "origin", folder]);
  const { findings } = await verifyRegistry({ folder: clone, remote: "origin" });
  if (findings.length > 0) throw new Error(`the good registry is not: ${findings[0]?.message}`);
}
