import { execFileSync } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { type EncodedObject, encodeBlob, encodeObject } from "../../core/git/encode.ts";
import { encodePack } from "../../core/git/pack.ts";
import { editTree } from "../../core/git/tree-edit.ts";
import { writeObjects } from "../../core/git/write.ts";

const folders: string[] = [];
let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "slipway-pack-"));
  folders.push(folder);
  execFileSync("git", ["init", "--quiet", "--bare", folder]);
});
afterAll(() => Promise.all(folders.map((each) => rm(each, { recursive: true, force: true }))));

const git = (...args: string[]) => execFileSync("git", ["-C", folder, ...args], { maxBuffer: 1 << 26 });
const packs = async () => (await readdir(join(folder, "objects", "pack"))).sort();
const blobs = (count: number) => Array.from({ length: count }, (_, at) => encodeBlob(`blob ${at}\n`));

describe("many objects", () => {
  it("are one pack with its index, which Git finds whole", async () => {
    await writeObjects(join(folder, "objects"), [...blobs(300), ...blobs(3)]);
    expect(await packs()).toEqual([expect.stringMatching(/\.idx$/), expect.stringMatching(/\.pack$/)]);
    expect(git("verify-pack", `objects/pack/${(await packs())[0]}`).toString()).toBe("");
    expect(git("cat-file", "blob", encodeBlob("blob 299\n").id).toString()).toBe("blob 299\n");
    expect(git("count-objects", "-v").toString()).toContain("in-pack: 300\n");
  });

  it("leave nothing half where they cannot be written", async () => {
    execFileSync("rm", ["-r", join(folder, "objects", "pack")]);
    execFileSync("touch", [join(folder, "objects", "pack")]);
    await expect(writeObjects(join(folder, "objects"), blobs(9))).rejects.toMatchObject({ code: "GIT_FAILED" });
    expect((await readdir(join(folder, "objects"))).sort()).toEqual(["info", "pack"]);
  });

  it("have the index that Git makes itself", async () => {
    const { pack, index } = encodePack(blobs(50));
    const made = execFileSync("git", ["-C", folder, "index-pack", "--stdin"], { input: pack }).toString();
    const theirs = execFileSync("cat", [join(folder, `objects/pack/pack-${made.split("\t")[1]?.trim()}.idx`)]);
    expect(index.equals(theirs)).toBe(true);
  });

  it("of any size are read back as they were written", async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.constantFrom(15, 16, 2_047, 2_048, 70_000).map((size) => new Uint8Array(size).fill(7)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(bytes, { minLength: 4, maxLength: 12 }), async (contents) => {
        const objects = contents.map((content) => encodeObject("blob", Buffer.from(content)));
        await writeObjects(join(folder, "objects"), objects);
        for (const { id, content } of objects) expect(git("cat-file", "blob", id).equals(content)).toBe(true);
      }),
      { numRuns: 6 },
    );
  });
});

it("keeps a tree that was edited again and again as differences, through whatever was put in or replaced", async () => {
  const known = new Map<string, EncodedObject>();
  const trees: EncodedObject[] = [];
  const blob = encodeBlob("x");
  for (let at = 0; at < 120; at += 1) {
    const name = at % 3 === 0 ? `models/m${(at * 37) % 50}/a` : `models/m${at}-${"n".repeat(at)}/b${at}`;
    const root = trees.at(-1)?.id;
    const made = await editTree(
      async (id) => (known.get(id) as EncodedObject).content,
      root,
      new Map([[name, blob.id]]),
    );
    for (const tree of made) known.set(tree.id, tree);
    trees.push(...made);
  }
  await writeObjects(join(folder, "objects"), [blob, ...trees]);
  for (const { id, content } of trees) expect(git("cat-file", "tree", id).equals(content)).toBe(true);
  const depths = git("verify-pack", "-v", `objects/pack/${(await packs())[0]}`)
    .toString()
    .split("\n");
  expect(depths.filter((line) => line.startsWith("chain length")).length).toBeGreaterThan(10);
  expect(depths.some((line) => /^chain length = 5[1-9]/.test(line))).toBe(false);
});
