import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { unzip } from "../../../actions/job/unzip.ts";
import { type ZipEntry, zipOf } from "../../attested/zip.ts";
import { temporaryFolder } from "../../runtime/temporary.ts";

async function unzipped(entries: ZipEntry[], most?: { entries: number; bytes: number }) {
  const root = temporaryFolder();
  writeFileSync(join(root, "a.zip"), zipOf(...entries));
  await unzip(join(root, "a.zip"), join(root, "out"), most);
  return root;
}

it("unpacks files into folders", async () => {
  const root = await unzipped([
    { name: "record.json", content: "{}" },
    { name: "store/", content: "" },
    { name: "store/sha256/ab/abc", content: "x", stored: true },
  ]);
  expect(readFileSync(join(root, "out/record.json"), "utf8")).toBe("{}");
  expect(readFileSync(join(root, "out/store/sha256/ab/abc"), "utf8")).toBe("x");
});

it.each<[string, ZipEntry[]]>([
  ["that leaves the folder", [{ name: "../escaped", content: "x" }]],
  ["with an absolute path", [{ name: "/tmp/escaped", content: "x" }]],
  ["with a backslash", [{ name: "..\\escaped", content: "x" }]],
  ["that is a link", [{ name: "link", content: "/etc", mode: 0o120777 }]],
  ["that is encrypted", [{ name: "a", content: "x", encrypted: true }]],
  [
    "that stands twice",
    [
      { name: "a", content: "x" },
      { name: "a", content: "y" },
    ],
  ],
  [
    "below a file",
    [
      { name: "a", content: "x" },
      { name: "a/b", content: "y" },
    ],
  ],
  ["that claims another size", [{ name: "a", content: "x".repeat(100), claimedSize: 3 }]],
])("refuses an entry %s", async (_, entries) => {
  const root = temporaryFolder();
  writeFileSync(join(root, "a.zip"), zipOf(...entries));
  await expect(unzip(join(root, "a.zip"), join(root, "out"))).rejects.toMatchObject({ code: "HANDOVER_CORRUPT" });
  expect(existsSync(join(root, "escaped"))).toBe(false);
  expect(readdirSync(root).sort()).toEqual(["a.zip", "out"]);
});

it("refuses what unpacks to too much, and what holds too many files", async () => {
  const big = [{ name: "a", content: Buffer.alloc(100_000) }];
  await expect(unzipped(big, { entries: 10, bytes: 99_999 })).rejects.toMatchObject({ code: "OUTPUT_TOO_LARGE" });
  const many = Array.from({ length: 11 }, (_, n) => ({ name: `f${n}`, content: "" }));
  await expect(unzipped(many, { entries: 10, bytes: 10 })).rejects.toMatchObject({ code: "OUTPUT_TOO_LARGE" });
});

it("refuses what is no zip", async () => {
  const root = temporaryFolder({ "a.zip": "not a zip" });
  await expect(unzip(join(root, "a.zip"), join(root, "out"))).rejects.toMatchObject({ code: "HANDOVER_CORRUPT" });
});
