import fc from "fast-check";
import { expect, it } from "vitest";
import { onlyColors, plainLine, plainText } from "../../cli/plain-text.ts";

const ESC = "\u001b";

it.each([
  ["a colour", `${ESC}[31mred${ESC}[0m`, "red"],
  ["a cleared screen", `${ESC}[2J${ESC}[Hgone`, "gone"],
  ["a window title", `${ESC}]0;owned\u0007text`, "text"],
  ["a link", `${ESC}]8;;https://evil.example\u0007click${ESC}]8;;\u0007`, "click"],
  ["an eight-bit control sequence", "\u009b31mred", "red"],
  ["a lone escape", `text${ESC}`, "text"],
  ["a backspace and a bell", "a\b\u0007b", "ab"],
  ["a null", "a\u0000b", "ab"],
  ["text turned around", "abc\u202edcba\u202c", "abcdcba"],
  ["a hidden mark", "a\u2066b\u2069\ufeff", "ab"],
])("takes %s out of text", (_, given, expected) => {
  expect(plainText(given)).toBe(expected);
});

it("keeps lines, tabs and every script's letters", () => {
  expect(plainText("Größe\t身長\n👩‍🔬 ok")).toBe("Größe\t身長\n👩‍🔬 ok");
});

it("turns a carriage return into a line end, so that nothing is overwritten", () => {
  expect(plainText("good\rbad\r\n")).toBe("good\nbad\n");
});

it("puts a value on one line", () => {
  expect(plainLine("a\nb\t\tc\r\nd")).toBe("a b c d");
});

it("lets our own colours through to the stream, and nothing else", () => {
  expect(onlyColors(`${ESC}[1mbold${ESC}[22m ${ESC}[2J${ESC}]0;x\u0007`)).toBe(`${ESC}[1mbold${ESC}[22m `);
});

it("leaves no control character in any text, but tabs and line ends", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(plainText(text)).not.toMatch(/[^\P{Cc}\n\t]/u);
      expect(plainLine(text)).not.toMatch(/\p{Cc}/u);
    }),
  );
});
