import { expect, it } from "vitest";
import { cappedOutput } from "../../../core/runtime/answering/capped-output.ts";

it("hands on what is printed, up to 64 KiB a second, and says how much it left out", () => {
  let now = 0;
  const pieces: string[] = [];
  const print = cappedOutput(
    (text) => pieces.push(text),
    () => now,
  );
  print("a".repeat(60_000));
  print("b".repeat(10_000));
  print("c");
  expect(pieces.join("")).toBe("a".repeat(60_000) + "b".repeat(5_536));
  now = 1_000;
  print("d");
  expect(pieces.slice(2)).toEqual(["\n[slipway: 4465 characters of output are left out here]\n", "d"]);
});
