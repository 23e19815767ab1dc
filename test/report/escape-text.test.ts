import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapeAttribute, escapeMarkdown, visibleText } from "../../core/report/escape-text.ts";
import { activeConstructs, decoded } from "./active-constructs.ts";

const PARTED = "&#8203;";

describe("text in Markdown", () => {
  it.each([
    ["a mention", "@octocat", `@${PARTED}octocat`],
    ["a team", "cc @acme/ml", `cc @${PARTED}acme/ml`],
    ["an address", "ada@example.org", `ada@${PARTED}example.org`],
    ["an issue", "fixes #12", `fixes &#35;${PARTED}12`],
    ["an issue elsewhere", "acme/ml#12", `acme/ml&#35;${PARTED}12`],
    ["GitHub's other form of it", "GH-12", `GH-${PARTED}12`],
    ["a link", "[x](https://evil.example)", `&#91;x&#93;(https:${PARTED}//evil.example)`],
    ["a bare link", "HTTPS://evil.example", `HTTPS:${PARTED}//evil.example`],
    ["a bare host", "www.evil.example", `www${PARTED}.evil.example`],
    ["a mail link", "mailto:x", `mailto:${PARTED}x`],
    ["an image", "![x](y)", "!&#91;x&#93;(y)"],
    ["an emoji", ":tada:", `:${PARTED}tada:`],
    ["HTML", "<img src=x>", "&lt;img src=x&gt;"],
    ["a comment", "<!-- x -->", "&lt;!-- x --&gt;"],
    ["an entity", "&lt;", "&amp;lt;"],
    ["code", "`x`", "&#96;x&#96;"],
    ["emphasis", "**x** _y_", "&#42;&#42;x&#42;&#42; &#95;y&#95;"],
    ["strikethrough", "~~x~~", "&#126;&#126;x&#126;&#126;"],
    ["mathematics", "$x$", "<span>$</span>x<span>$</span>"],
    ["a table's border", "a|b", "a&#124;b"],
    ["an escape", "\\|", "&#92;&#124;"],
    ["a heading", "# x", "&#35; x"],
    ["a quotation", "> x", "&gt; x"],
    ["a list", "- x", "&#45; x"],
    ["a numbered list", "1. x", "1&#46; x"],
    ["a rule", "---", "&#45;--"],
    ["another paragraph", "x\n\n# y", "x &#35; y"],
    ["indented code", "    x", "x"],
  ])("is never %s", (_, text, shown) => {
    expect(escapeMarkdown(text)).toBe(shown);
  });

  it.each([
    ["a metric's name", "roc_auc_score"],
    ["a number", "-0.05"],
    ["a signed number", "+0.05"],
    ["a range", "1.5 to 2.5"],
    ["a moment", "2026-01-31T09:00:00Z"],
    ["a lone sign", "3 @ 4"],
    ["a path", "models/penguins/model.yaml"],
    ["brackets of a call", "f(x) = y!"],
    ["quotation marks", 'it\'s "so"'],
    ["letters of any script", "größe 大きさ حجم"],
  ])("leaves %s as it is", (_, text) => {
    expect(escapeMarkdown(text)).toBe(text);
  });

  it("reads as the text that it was, with nothing active in it, whatever the text", () => {
    const pieces = fc.constantFrom(
      ..."@#<>&`*_[]()|~\\$:!-+=.'\"\n\t 1aZ/{}^",
      "www.",
      "http://",
      "gh-",
      "mailto:",
      "\u202e",
      "\u200b",
      "é",
    );
    const text = fc.oneof(
      fc.array(pieces, { maxLength: 30 }).map((all) => all.join("")),
      fc.string({ unit: "binary", maxLength: 60 }),
    );
    fc.assert(
      fc.property(text, (each) => {
        const shown = escapeMarkdown(each);
        expect(activeConstructs(shown)).toEqual([]);
        expect(decoded(shown).replaceAll("\u200b", "")).toBe(visibleText(each));
      }),
      { numRuns: 3000 },
    );
  });
});

describe("what is hidden", () => {
  it.each([
    ["a direction override", "a\u202eb"],
    ["an isolate", "a\u2066b"],
    ["a zero-width space", "a\u200bb"],
    ["a byte order mark", "a\ufeffb"],
    ["a soft hyphen", "a\u00adb"],
    ["an escape sequence", "a\u001bb"],
    ["half of a pair", "a\ud800b"],
    ["a tag character", "a\u{e0041}b"],
    ["a null", "a\u0000b"],
  ])("is shown: %s", (_, text) => {
    expect(visibleText(text)).toBe("a\ufffdb");
  });

  it("does not break a line, nor hide in space", () => {
    expect(visibleText(" a\r\n\u2028\t b\u00a0")).toBe("a b");
  });

  it("says where text was cut, counting characters and not halves of them", () => {
    expect(visibleText("🐧🐧🐧🐧", 3)).toBe("🐧🐧…");
    expect(visibleText("🐧🐧🐧", 3)).toBe("🐧🐧🐧");
  });
});

it("keeps an attribute inside its quotation marks", () => {
  expect(escapeAttribute('"><script>')).toBe("&quot;&gt;&lt;script&gt;");
});
