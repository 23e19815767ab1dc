import { expect, it } from "vitest";
import { size } from "../../core/report/size-words.ts";

it.each([
  [0, "0 bytes"],
  [999, "999 bytes"],
  [1_000, "1 kB"],
  [603_400, "603 kB"],
  [999_499, "999 kB"],
  [999_500, "1 MB"],
  [1_234_567, "1.23 MB"],
  [2_000_000_000, "2 GB"],
  [999_999_999_999, "1 TB"],
  [2_500_000_000_000_000, "2500 TB"],
])("says %d bytes as %s", (bytes, words) => {
  expect(size(bytes)).toBe(words);
});
