import { describe, expect, it } from "vitest";
import { readYaml } from "../../core/spec/yaml.ts";

const read = (text: string | Buffer) => readYaml(Buffer.from(text as string), "f.yaml");

describe("readYaml refuses", () => {
  it.each([
    ["a byte-order mark", "\ufeffa: 1\n", "ENCODING_INVALID", 1],
    ["bytes that are not UTF-8", Buffer.from([0x61, 0x3a, 0x20, 0xff]), "ENCODING_INVALID", 1],
    ["UTF-16", Buffer.from("a: 1\n", "utf16le"), "ENCODING_INVALID", 1],
    ["over 256 KiB", `a: "${"x".repeat(256 * 1024)}"`, "FILE_TOO_LARGE", 1],
    ["tabs as indentation", "a:\n\tb: 1\n", "YAML_INVALID", 2],
    ["a doubled key", "a: 1\nb: 2\na: 3\n", "YAML_INVALID", 3],
    ["a doubled key in a flow map", "x: {a: 1, a: 2}\n", "YAML_INVALID", 1],
    ["a merge key", "a: 1\nb:\n  <<: { c: 1 }\n", "YAML_INVALID", 3],
    ["an alias", "a: &x [1]\nb: *x\n", "YAML_INVALID", 1],
    ["a bomb of aliases", "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n", "YAML_INVALID", 1],
    ["a tag", "a: 1\nb: !!binary aGk=\n", "YAML_INVALID", 2],
    ["a tag of one's own", "a: !include /etc/passwd\n", "YAML_INVALID", 1],
    ["a directive", "%YAML 1.1\n---\na: yes\n", "YAML_INVALID", 1],
    ["a second document", "a: 1\n---\nb: 1\n", "YAML_INVALID", 2],
    ["a key that is no text", "? [a]\n: 1\n", "YAML_INVALID", 1],
    ["__proto__ as a key", "a:\n  __proto__: { b: 1 }\n", "UNKNOWN_KEY", 2],
    ["an unclosed quote", 'a: 1\nb: "x\n', "YAML_INVALID", 3],
    ["brackets nested without end", `a: 1\nb: ${"[".repeat(250_000)}`, "YAML_INVALID", 2],
    ["lists nested without end", `a: 1\nb:\n  ${"- ".repeat(100_000)}`, "YAML_INVALID", 3],
    ["maps nested without end", `a: ${"{a: ".repeat(50_000)}`, "YAML_INVALID", 1],
    ["a number that would be rounded", "a: 12345678901234567890\n", "YAML_INVALID", 1],
  ])("%s", (_, text, code, line) => {
    expect(read(text).problems[0]).toMatchObject({ code, line, file: "f.yaml" });
  });
});

describe("readYaml", () => {
  it("takes yes, no, on and off for text, as YAML 1.2 does", () => {
    expect(read("a: [yes, no, on, off]\n").value).toEqual({ a: ["yes", "no", "on", "off"] });
  });

  it("reads what is written in other ways than the usual", () => {
    const text = '---\r\n"a b": |\r\n  one\r\n  two\r\nc: [1,\r\n  2]\r\n';
    expect(read(text)).toMatchObject({ problems: [], value: { "a b": "one\ntwo\n", c: [1, 2] } });
  });

  it("reads an empty file as nothing", () => {
    expect(read("# only a comment\n")).toMatchObject({ problems: [], value: null });
  });

  it("tells where values and keys stand, and the nearest key above what is missing", () => {
    const { position } = read(
      "data:\n  columns:\n    age: { type: double, min: 2 }\n  test:\nlist:\n  - { a: 1 }\n  - b\n",
    );
    expect(position(["data", "columns", "age", "min"])).toEqual({ line: 3, column: 31 });
    expect(position(["data", "columns", "age", "min"], "key")).toEqual({ line: 3, column: 26 });
    expect(position(["data", "label"])).toEqual({ line: 1, column: 1 });
    expect(position(["data", "test"])).toEqual({ line: 4, column: 3 });
    expect(position(["list", 1])).toEqual({ line: 7, column: 5 });
    expect(position([])).toEqual({ line: 1, column: 1 });
  });
});
