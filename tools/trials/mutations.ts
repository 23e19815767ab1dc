import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cutShort, filesBelow, flipBit, remove, swap } from "./mutate-files.ts";
import { editedRecord, gitText } from "./mutate-records.ts";
import { actAhead, BRANCH, onFile, onTop, repositoryIn, retag, rewrite, setBack, tags } from "./mutate-registry.ts";
import type { Random } from "./random.ts";

/** What somebody or something does to a good registry. Resolves to what it was, in words, or to undefined if chance found nothing. */
export interface Mutation {
  name: string;
  /** Whether `--repair` with a good copy has to make it clean again. */
  mends: boolean;
  /** Whether a clone that saw the registry before has to refuse it, whatever the tags say. */
  rewrites?: boolean;
  /** What a disk does, and no act: whoever reads gets the answers of the good registry, or a refusal. */
  damages?: boolean;
  /** On a packed registry, or on loose objects; both where absent. */
  packed?: boolean;
  apply(folder: string, random: Random): Promise<string | undefined>;
}

const LOOSE = /^objects\/[0-9a-f]{2}\/[0-9a-f]{38}$/;
const STORED = /^sha256\//;

export const MUTATIONS: readonly Mutation[] = [
  { name: "bit flip in a loose object", damages: true, mends: true, packed: false, apply: onFile(LOOSE, flipBit) },
  { name: "loose object cut short", damages: true, mends: true, packed: false, apply: onFile(LOOSE, cutShort) },
  { name: "loose object removed", damages: true, mends: true, packed: false, apply: onFile(LOOSE, remove) },
  {
    name: "loose objects swapped",
    damages: true,
    mends: true,
    packed: false,
    async apply(folder, random) {
      const below = repositoryIn(folder);
      const files = await filesBelow(below, LOOSE);
      const [one, other] = [random.pick(files), random.pick(files)];
      return one === other ? undefined : swap(join(below, one), join(below, other));
    },
  },
  { name: "bit flip in a pack", damages: true, mends: false, packed: true, apply: onFile(/\.pack$/, flipBit) },
  { name: "pack cut short", damages: true, mends: false, packed: true, apply: onFile(/\.pack$/, cutShort) },
  { name: "bit flip in a pack's index", damages: true, mends: false, packed: true, apply: onFile(/\.idx$/, flipBit) },
  { name: "pack removed", damages: true, mends: true, packed: true, apply: onFile(/\.pack$/, remove) },
  {
    name: "tag removed",
    damages: true,
    mends: true,
    async apply(folder, random) {
      const ref = random.pick(await tags(folder));
      await gitText(repositoryIn(folder), "update-ref", "-d", ref);
      return ref;
    },
  },
  {
    name: "tag moved to another's object",
    mends: false,
    async apply(folder, random) {
      const all = await tags(folder);
      const [ref, other] = [random.pick(all), random.pick(all)];
      await gitText(repositoryIn(folder), "update-ref", ref, other);
      return ref === other ? undefined : `${ref} to ${other}`;
    },
  },
  {
    name: "tag made lightweight",
    mends: false,
    async apply(folder, random) {
      const ref = random.pick(await tags(folder));
      const on = random.pick([`${ref}^{commit}`, BRANCH]);
      await gitText(repositoryIn(folder), "update-ref", ref, await gitText(repositoryIn(folder), "rev-parse", on));
      return `${ref} on ${on}`;
    },
  },
  {
    name: "tag's file garbled",
    mends: false,
    packed: false,
    apply: onFile(/^refs\/tags\//, async (path, random) => {
      await writeFile(path, random.pick(["", "x", `${random.hex(40)}\n`, "ref: refs/tags/nowhere\n"]));
      return path;
    }),
  },
  { name: "tag's words edited", mends: false, apply: retag((text) => text.replace(/(R|A|D|U)(e|s|n)/, "$2$1")) },
  {
    name: "tag's time edited",
    mends: false,
    apply: retag((text, random) => text.replace(/ (\d{9})\d \+0000/, (_, most) => ` ${most}${random.int(10)} +0000`)),
  },
  {
    name: "tag nobody wrote",
    mends: false,
    async apply(folder, random) {
      const name = random.pick([
        "penguins@v9.0.0",
        "penguins#production#99",
        "penguins@v2.0.0!",
        "penguins#staging!#77",
        "penguins#production+0123456789abcdef-7",
        "penguins@deprecated",
      ]);
      await gitText(repositoryIn(folder), "tag", "-a", "-m", "mine", name, BRANCH);
      return name;
    },
  },
  {
    name: "record edited on top",
    mends: false,
    apply: onTop(async (read, paths, random) => {
      const path = random.pick(paths);
      const edited = editedRecord(await read(path), random);
      return edited && { what: `${path}: ${edited.what}`, files: [[path, { content: edited.text }]] };
    }),
  },
  {
    name: "record's bytes edited on top",
    mends: false,
    apply: onTop(async (read, paths, random) => {
      const path = random.pick(paths);
      const text = await read(path);
      const at = random.int(text.length);
      const content = random.pick([text.slice(0, at), text.slice(0, at) + text.slice(at + 1), `${text}\n`, ""]);
      return { what: `${path} at ${at}`, files: [[path, { content }]] };
    }),
  },
  {
    name: "digests swapped on top",
    mends: false,
    apply: onTop(async (read) => {
      const [one, other] = ["models/f9/penguins/versions/2.json", "models/f9/penguins/versions/3.json"] as const;
      const [a, b] = [JSON.parse(await read(one)), JSON.parse(await read(other))];
      const swapped = (from: object, artifact: unknown) => `${JSON.stringify({ ...from, artifact }, undefined, 2)}\n`;
      return {
        what: "artifacts of versions 2 and 3",
        files: [
          [one, { content: swapped(a, b.artifact) }],
          [other, { content: swapped(b, a.artifact) }],
        ],
      };
    }),
  },
  {
    name: "record deleted on top",
    mends: false,
    apply: onTop(async (_, paths, random) => {
      const path = random.pick(paths);
      return { what: path, files: [[path, undefined]] };
    }),
  },
  {
    name: "record copied to another's place",
    mends: false,
    apply: onTop(async (read, paths, random) => {
      const [from, to] = [random.pick(paths), random.pick(paths)];
      const content = await read(from);
      return content === (await read(to)) ? undefined : { what: `${from} to ${to}`, files: [[to, { content }]] };
    }),
  },
  {
    name: "foreign file on top",
    mends: false,
    apply: onTop(async (read, paths, random) => {
      const path = random.pick([
        "notes.md",
        "models/f9/penguins/notes.md",
        "models/f9/penguins/versions/01.json",
        "names/x.txt",
        "models/11/new/model.txt",
        "ledger/00/notes.md",
      ]);
      return { what: path, files: [[path, { content: await read(random.pick(paths)) }]] };
    }),
  },
  {
    name: "mode changed on top",
    mends: false,
    apply: onTop(async (read, paths, random) => {
      const path = random.pick(paths);
      const mode = random.pick(["100755", "120000"]);
      return { what: `${path} is ${mode}`, files: [[path, { mode, content: await read(path) }]] };
    }),
  },
  {
    name: "commit without a change on top",
    mends: false,
    apply: onTop(async () => ({ what: "nothing", files: [] })),
  },
  {
    name: "merge on top",
    mends: false,
    async apply(folder) {
      const repository = repositoryIn(folder);
      const id = await gitText(
        repository,
        "commit-tree",
        "-m",
        "m",
        "-p",
        BRANCH,
        "-p",
        `${BRANCH}~3`,
        `${BRANCH}^{tree}`,
      );
      await gitText(repository, "update-ref", BRANCH, id);
      return id;
    },
  },
  { name: "history rewritten", mends: false, rewrites: true, apply: rewrite },
  { name: "branch set back", mends: false, rewrites: true, apply: setBack },
  {
    name: "branch squashed",
    mends: false,
    rewrites: true,
    async apply(folder) {
      const repository = repositoryIn(folder);
      const id = await gitText(repository, "commit-tree", "-m", "all", `${BRANCH}^{tree}`);
      await gitText(repository, "update-ref", BRANCH, id);
      return id;
    },
  },
  {
    name: "branch deleted",
    damages: true,
    mends: false,
    rewrites: true,
    async apply(folder) {
      await gitText(repositoryIn(folder), "update-ref", "-d", BRANCH);
      return BRANCH;
    },
  },
  {
    name: "branch and all tags deleted",
    damages: true,
    mends: false,
    async apply(folder) {
      for (const ref of [BRANCH, ...(await tags(folder))]) await gitText(repositoryIn(folder), "update-ref", "-d", ref);
      return "all that a person sees";
    },
  },
  { name: "act of a clock that is ahead", mends: false, apply: actAhead },
  {
    name: "branch's file garbled",
    damages: true,
    mends: false,
    packed: false,
    async apply(folder, random) {
      const content = random.pick(["", "x", `${random.hex(40)}\n`]);
      await writeFile(join(repositoryIn(folder), BRANCH), content);
      return JSON.stringify(content);
    },
  },
  { name: "bit flip in the store", mends: false, apply: onFile(STORED, flipBit, "store") },
  { name: "stored file cut short", mends: false, apply: onFile(STORED, cutShort, "store") },
  { name: "stored file removed", mends: false, apply: onFile(STORED, remove, "store") },
];

/** A copy of a good registry for one trial. */
export async function copyOf(template: string, target: string): Promise<void> {
  await cp(template, target, { recursive: true, mode: 0 });
  await readFile(join(target, "registry.git", "HEAD"));
}
