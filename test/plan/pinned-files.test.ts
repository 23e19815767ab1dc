import { describe, expect, it } from "vitest";
import { pinnedFiles } from "../../core/plan/data-lock.ts";
import type { DataLock, LockedFile } from "../../schemas/data-record.ts";

const OF = "s3://box/train/*.csv";
const entry = (uri: string, of?: string): LockedFile => ({
  uri,
  sha256: "a".repeat(64),
  size: 1,
  ...(of ? { of } : {}),
});
const lockOf = (...files: LockedFile[]): DataLock => ({ slipway: 1, files });

describe("what a lock pins", () => {
  it("is the one file that a URI names", () => {
    const lock = lockOf(entry("s3://box/a.csv"), entry("s3://box/b.csv"));
    expect(pinnedFiles(lock, "s3://box/b.csv").map(({ uri }) => uri)).toEqual(["s3://box/b.csv"]);
  });

  it("is a pattern's files, sorted by their bytes", () => {
    const names = ["é", "b", "B", "a-", "a"].map((name) => `s3://box/train/${name}.csv`);
    const lock = lockOf(...names.map((uri) => entry(uri, OF)), entry("s3://box/train/z.csv"));
    expect(pinnedFiles(lock, OF).map(({ uri }) => uri.slice(15, -4))).toEqual(["B", "a-", "a", "b", "é"]);
  });

  it.each([
    ["a URI without an entry", "s3://box/c.csv", lockOf(entry("s3://box/a.csv"))],
    ["a pattern without files", OF, lockOf(entry("s3://box/train/a.csv"))],
    ["a URI that only a pattern has", "s3://box/train/a.csv", lockOf(entry("s3://box/train/a.csv", OF))],
    ["no lock", OF, undefined],
  ])("is nothing for %s", (_, uri, lock) => {
    expect(() => pinnedFiles(lock, uri, { file: "model.yaml", line: 3 })).toThrow(
      expect.objectContaining({ code: "DATA_NOT_PINNED", problems: [expect.objectContaining({ line: 3 })] }),
    );
  });

  it.each([
    ["names a file that the pattern does not", [entry("s3://box/secret.csv", OF)]],
    ["names another scheme's file", [entry("file:///etc/passwd", OF)]],
    ["names a file twice", [entry("s3://box/train/a.csv", OF), entry("s3://box/train/a.csv", OF)]],
  ])("is refused where somebody edited it so that it %s", (_, files) => {
    expect(() => pinnedFiles(lockOf(...files), OF)).toThrow(expect.objectContaining({ code: "DATA_UNREADABLE" }));
  });
});
