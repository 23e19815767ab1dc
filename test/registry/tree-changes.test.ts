import fc from "fast-check";
import { expect, it } from "vitest";
import { parseTree, type TreeItem } from "../../core/git/tree-object.ts";
import { changesBetween, NO_TREE } from "../../core/registry/tree-changes.ts";

const treeOf = (items: Readonly<Record<string, number>>) =>
  Buffer.concat(
    Object.keys(items)
      .sort()
      .map((name) => Buffer.concat([Buffer.from(`40000 ${name}\0`), Buffer.alloc(20, items[name])])),
  );

/** What is left of the first tree and what came, put together again: the second one. */
function applied(before: Buffer, after: Buffer): TreeItem[] {
  const first = changesBetween(NO_TREE, before);
  const { removed, added, tree } = changesBetween(first.tree, after);
  expect([...tree.starts].map((start) => after.indexOf(0, start) - start)).toEqual(
    parseTree(after).map(({ mode, name }) => mode.length + 1 + Buffer.byteLength(name)),
  );
  const gone = new Set(removed.map(({ name }) => name));
  const left = parseTree(before).filter(({ name }) => !gone.has(name));
  return [...left, ...added].sort((a, b) => (a.name < b.name ? -1 : 1));
}

const items = fc.dictionary(fc.stringMatching(/^[ab40 ]{1,4}$/), fc.constantFrom(0, 1, 0x34, 0x20), { maxKeys: 12 });

it("finds what came and went, whatever the trees are", () => {
  fc.assert(
    fc.property(items, items, (before, after) => {
      expect(applied(treeOf(before), treeOf(after))).toEqual(parseTree(treeOf(after)));
    }),
    { numRuns: 500 },
  );
});

it("looks at one entry where one of many changed", () => {
  const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`m${1_000 + at}`, at % 250]));
  const { tree } = changesBetween(NO_TREE, treeOf(many));
  const { added, removed } = changesBetween(tree, treeOf({ ...many, m1500: 251 }));
  expect([added, removed].map((each) => each.map(({ name }) => name))).toEqual([["m1500"], ["m1500"]]);
});

it("is not misled by a name that ends as another entry does", () => {
  const [before, after] = [treeOf({ b: 1 }), treeOf({ "a40000 b": 1 })];
  expect(applied(before, after).map(({ name }) => name)).toEqual(["a40000 b"]);
});
