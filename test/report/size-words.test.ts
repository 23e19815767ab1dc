import { expect, it } from "vitest";
import { size } from "../../core/report/size-words.ts";

it.each([
  [0, "0 bytes"],
  [999, "999 bytes"],
  [1_000, "1 kB"],
  [603_400, "603 kB"],
  [1_234_567, "1.23 MB"],
  [2_000_000_000, "2 GB"],
  [2_500_000_000_000, "2500 GB"],
])("says %d bytes as %s", (bytes, words) => {
  expect(size(bytes)).toBe(words);
});
