import fc from "fast-check";
import { expect, it } from "vitest";
import { folderFor, formatDisplayName, isDisplayName, parseDisplayName } from "../../core/registry/display-name.ts";
import { formatPath, parsePath } from "../../core/registry/paths.ts";
import { ModelName } from "../../schemas/names.ts";

const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 }).filter(isDisplayName);

it("a name comes back from its file's name", () => {
  fc.assert(
    fc.property(name, (called) => {
      expect(parseDisplayName(formatDisplayName(called))).toBe(called);
      expect(parsePath(formatPath({ kind: "display-name", name: called }))).toEqual({
        kind: "display-name",
        name: called,
      });
    }),
  );
});

it("a name has a folder that Git and GTO can read, and two names have two", () => {
  fc.assert(
    fc.property(name, name, (one, other) => {
      expect(ModelName.safeParse(folderFor(one)).success).toBe(true);
      if (one !== other) expect(folderFor(one)).not.toBe(folderFor(other));
    }),
  );
});

it.each(["a%2fb", "%41", "a b", "%", "%ff", ""])("%j is no name's file", (encoded) => {
  expect(parseDisplayName(encoded)).toBeUndefined();
});
