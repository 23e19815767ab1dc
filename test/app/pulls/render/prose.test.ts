import fc from "fast-check";
import { expect, it } from "vitest";
import { code, prose } from "../../../../app/pulls/render/prose.ts";
import { activeConstructs, decoded } from "../../../report/active-constructs.ts";

it("what stands between backticks is shown as code", () => {
  expect(prose("Write `/promote penguins`, please.")).toBe("Write `/promote penguins`, please.");
});

it("keeps the spaces around code", () => {
  expect(prose("a `b` c")).toBe("a `b` c");
});

it.each(["@``octocat", "acme/x#``1", "https:``//evil.example", "www``.evil.example", "gh-` `12", ":``smile:"])(
  "does not make one of what an empty code parts: %s",
  (written) => {
    const shown = prose(`no file at ${written}`);
    expect(decoded(shown).replaceAll("\u200b", "")).toBe(`no file at ${written}`);
    expect(activeConstructs(shown)).toEqual([]);
    expect(shown).not.toMatch(/@octocat|#1|:smile:|https:\/\/|www\./);
  },
);

it("shows a lone backtick as one", () => {
  expect(decoded(prose("there is no model a`b"))).toBe("there is no model a`b");
});

it("mentions nobody, and what is copied from code is what stands there", () => {
  expect(prose("@ada may not `/promote penguins@3` here")).toBe("@&#8203;ada may not `/promote penguins@3` here");
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
      // Code is the only markup there is, and ends where it should.
      expect(activeConstructs(shown.replaceAll(/`[^`]+`/g, " ").trim())).toEqual([]);
      expect(shown).not.toMatch(/[\r\n]/);
    }),
  );
  expect(code("a`<img src=x>")).toBe("`a'<img src=x>`");
});
