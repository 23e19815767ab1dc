import fc from "fast-check";
import { expect, it } from "vitest";
import { code, prose } from "../../../app/comments/prose.ts";
import { activeConstructs, decoded } from "../../report/active-constructs.ts";

it("what stands between backticks is shown as code", () => {
  expect(prose("Write `/promote penguins`, please.")).toBe("Write <code>/promote penguins</code>, please.");
});

it("keeps the spaces around code, and nothing of empty code", () => {
  expect(prose("a `b` c `` d")).toBe("a <code>b</code> c  d");
});

it("shows a lone backtick as one", () => {
  expect(decoded(prose("there is no model a`b"))).toBe("there is no model a`b");
});

it("mentions nobody", () => {
  expect(prose("@ada may not `@bob` here")).not.toMatch(/@[a-z]/);
});

it("nothing that people wrote becomes anything but text, between backticks or not", () => {
  const pieces = fc.constantFrom(
    "`",
    "@everyone",
    "#1",
    "<b>",
    "*a*",
    "![x](y)",
    "/promote production",
    "\n",
    "# h",
    "| a |",
  );
  const text = fc
    .array(fc.oneof(pieces, fc.string({ maxLength: 5 })), { maxLength: 8 })
    .map((parts) => parts.join(" "));
  fc.assert(
    fc.property(text, (written) => {
      const shown = prose(written);
      // What the code stands in is the only markup there is.
      expect(activeConstructs(shown.replaceAll(/<\/?code>/g, " ").trim())).toEqual([]);
      expect(shown).not.toMatch(/[\r\n]/);
    }),
  );
  expect(code("a`</code><img src=x>")).toBe("<code>a&#96;&lt;/code&gt;&lt;img src=x&gt;</code>");
});
