import { expect, it } from "vitest";
import { sha256 } from "../../../core/canonical.ts";
import { pinChanges } from "../../../core/data/remote/pin-changes.ts";
import type { LockedFile } from "../../../schemas/data-record.ts";

const uri = "s3://rows/a.csv";
const bytes = (rows: string, version?: string) => ({
  ...{ sha256: sha256(rows), size: rows.length },
  ...(version === undefined ? {} : { version }),
});
const lock = (...files: LockedFile[]) => ({ slipway: 1 as const, files });

it("counts a file as changed whose bytes stayed under another version", () => {
  const [one, two] = [bytes("a", '"1"'), bytes("a", '"2"')];
  expect(pinChanges(lock({ uri, ...one }), lock({ uri, ...two }))).toEqual([
    { location: uri, uri, change: "changed", before: one, now: two },
  ]);
});

it("tells a file once for each pattern that names it", () => {
  const a = bytes("a");
  const before = lock({ uri, of: "s3://rows/*.csv", ...a });
  expect(pinChanges(before, lock({ uri, of: "s3://rows/", ...a }, { uri, ...a }))).toEqual([
    { location: "s3://rows/", uri, change: "added", now: a },
    { location: uri, uri, change: "added", now: a },
    { location: "s3://rows/*.csv", uri, change: "gone", before: a },
  ]);
});
