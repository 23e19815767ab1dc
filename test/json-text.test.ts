import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonText, NumberText, plainJson, readJsonText } from "../core/json-text.ts";

describe("jsonText", () => {
  it.each(["1", "1.0", "1e-3", "1E5", "-0.0", "-0", "100000000000000000001", "0.10", "1e400", "0.1"])(
    "writes the number %s as it was read",
    (number) => {
      expect(jsonText(readJsonText(number))).toBe(number);
      expect(jsonText(readJsonText(`{"a":[${number}]}`))).toBe(`{"a":[${number}]}`);
    },
  );

  it("sorts keys, also those that look like numbers", () => {
    expect(jsonText(readJsonText('{ "b": 1, "10": 2, "9": 3, "a": { "d": 1.0, "c": 2 } }'))).toBe(
      '{"10":2,"9":3,"a":{"c":2,"d":1.0},"b":1}',
    );
  });

  it("leaves numbers in texts and keys alone", () => {
    const text = '{"1.0":"2.0","a\\"3.0":"\\\\"}';
    expect(jsonText(readJsonText(text))).toBe(text);
  });

  it("is the inverse of readJsonText", () => {
    const value = fc.jsonValue().filter((each) => !JSON.stringify(each).includes("__proto__"));
    fc.assert(
      fc.property(value, (each) => {
        const text = jsonText(readJsonText(JSON.stringify(each)));
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(each)));
        expect(jsonText(readJsonText(text))).toBe(text);
      }),
    );
  });

  it("gives a number back to JavaScript where that is asked for", () => {
    expect(readJsonText("1.0")).toEqual(new NumberText("1.0"));
    expect(plainJson(readJsonText('{"a":[1.0,2]}'))).toEqual({ a: [1, 2] });
  });
});
