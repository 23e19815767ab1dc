import { expect, test } from "vitest";
import { SeenEvents } from "../../../app/intake/seen.ts";

test("the oldest id is forgotten when there are too many", () => {
  const seen = new SeenEvents(2);
  for (const id of ["a", "b", "a", "c"]) seen.add(id);
  expect(["a", "b", "c"].filter((id) => seen.has(id))).toEqual(["a", "c"]);
});

test("a forgotten id may come again", () => {
  const seen = new SeenEvents();
  seen.add("a");
  seen.forget("a");
  expect(seen.has("a")).toBe(false);
});
