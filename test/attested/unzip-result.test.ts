import { expect, it } from "vitest";
import { isRefused } from "../../core/attested/refusal.ts";
import { MAX_RESULT_BYTES, unzipResult } from "../../core/attested/unzip-result.ts";
import { type ZipEntry, zipOf } from "./zip.ts";

const result: ZipEntry = { name: "result.json", content: '{"slipway":1}' };

async function codeOf(zip: Buffer): Promise<string> {
  const answer = await unzipResult(zip);
  return isRefused(answer) ? answer.refusal.code : "taken";
}

it("takes the one file, packed or stored", async () => {
  expect((await unzipResult(zipOf(result))).toString()).toBe('{"slipway":1}');
  expect((await unzipResult(zipOf({ ...result, stored: true }))).toString()).toBe('{"slipway":1}');
});

it.each<[string, ZipEntry[]]>([
  ["another name", [{ ...result, name: "other.json" }]],
  ["a folder before the name", [{ ...result, name: "a/result.json" }]],
  ["a path that escapes", [{ ...result, name: "../result.json" }]],
  ["an absolute path", [{ ...result, name: "/result.json" }]],
  ["a backslash", [{ ...result, name: "..\\result.json" }]],
  ["a name of another case", [{ ...result, name: "Result.json" }]],
  ["a symbolic link", [{ ...result, mode: 0o120777, content: "/etc/passwd" }]],
  ["a device", [{ ...result, mode: 0o020644 }]],
  ["an encrypted entry", [{ ...result, encrypted: true }]],
  ["a second entry", [result, { ...result, name: "more.json" }]],
  ["a doubled entry", [result, result]],
  ["no entry", []],
  ["a size that is not so", [{ ...result, claimedSize: 5 }]],
  ["a stored size that is not so", [{ ...result, stored: true, claimedSize: 5 }]],
])("refuses %s", async (_, entries) => {
  expect(await codeOf(zipOf(...entries))).toBe("RESULT_ZIP_INVALID");
});

it("refuses bytes that are no zip, and a zip that is cut", async () => {
  expect(await codeOf(Buffer.from("not a zip"))).toBe("RESULT_ZIP_INVALID");
  expect(await codeOf(zipOf(result).subarray(0, 60))).toBe("RESULT_ZIP_INVALID");
});

it("refuses a bomb by what it declares, before it unpacks anything", async () => {
  const zip = zipOf({ name: "result.json", content: Buffer.alloc(MAX_RESULT_BYTES + 1) });
  expect(zip.length).toBeLessThan(100_000);
  expect(await codeOf(zip)).toBe("RESULT_TOO_LARGE");
});

it("refuses a bomb that declares little, while it unpacks", async () => {
  const zip = zipOf({ name: "result.json", content: Buffer.alloc(MAX_RESULT_BYTES + 1), claimedSize: 100 });
  expect(await codeOf(zip)).toBe("RESULT_ZIP_INVALID");
});

it("refuses a file that packs a thousandfold, though it would fit", async () => {
  const zip = zipOf({ name: "result.json", content: Buffer.alloc(4 * 1024 * 1024) });
  expect(await codeOf(zip)).toBe("RESULT_TOO_LARGE");
});
