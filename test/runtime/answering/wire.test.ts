import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SlipwayError } from "../../../core/errors.ts";
import { splitLines } from "../../../core/runtime/answering/lines.ts";
import { isReady, readAnswer, requestLine } from "../../../core/runtime/answering/wire.ts";

/** What `splitLines` tells of bytes that come in these pieces. */
function told(bytes: Buffer, cuts: readonly number[], most: number): (string | undefined)[] {
  const lines: (string | undefined)[] = [];
  const take = splitLines(most, (line) => lines.push(line?.toString("latin1")));
  const places = [0, ...[...cuts].map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  for (const [index, from] of places.slice(0, -1).entries()) take(bytes.subarray(from, places[index + 1]));
  return lines;
}

const scalar = fc.oneof(
  fc.string(),
  fc.boolean(),
  fc.constant(null),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const line = (value: unknown) => Buffer.from(JSON.stringify(value));
/** JSON has no negative zero. */
const plain = (value: unknown) => JSON.parse(JSON.stringify(value));

describe("lines", () => {
  it("are the same however their bytes are cut", () => {
    const bytes = fc.array(fc.oneof(fc.constant(10), fc.integer({ min: 0, max: 255 })), { maxLength: 200 });
    fc.assert(
      fc.property(bytes, fc.array(fc.nat()), (values, cuts) => {
        const all = Buffer.from(values);
        expect(told(all, cuts, 1_000)).toEqual(all.toString("latin1").split("\n").slice(0, -1));
      }),
    );
  });

  it("end with the first that is too long, whether it has ended or not", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1 }), fc.array(fc.nat()), (lengths, cuts) => {
        const all = Buffer.from(lengths.map((length) => `${"x".repeat(length)}\n`).join(""));
        const at = lengths.findIndex((length) => length > 8);
        const good = lengths.slice(0, at < 0 ? undefined : at).map((length) => "x".repeat(length));
        expect(told(all, cuts, 8)).toEqual(at < 0 ? good : [...good, undefined]);
        expect(told(all.subarray(0, -1), cuts, 8).length).toBeLessThanOrEqual(lengths.length);
      }),
    );
  });

  it("are told to be too long before they end", () => {
    expect(told(Buffer.from("123456789"), [], 8)).toEqual([undefined]);
    expect(told(Buffer.from("12345678"), [], 8)).toEqual([]);
  });
});

describe("a request", () => {
  it("is one line, and what a reader of JSON finds in it is what was asked", () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.dictionary(fc.string(), scalar)), (id, rows) => {
        const text = requestLine({ id, rows });
        expect(text.indexOf("\n")).toBe(text.length - 1);
        expect(JSON.parse(text)).toEqual(plain({ id, rows }));
      }),
    );
  });
});

describe("an answer", () => {
  it("is read as the program said it", () => {
    const prediction = fc.oneof(
      scalar,
      fc
        .dictionary(
          fc.string().filter((key) => key !== "__proto__"),
          scalar,
        )
        .map((more) => ({ ...more, prediction: 1 })),
    );
    fc.assert(
      fc.property(fc.string(), fc.array(prediction), (id, predictions) => {
        const expected = predictions.map((each) =>
          typeof each === "object" && each !== null ? plain(each) : { prediction: plain(each) },
        );
        expect(readAnswer(line({ id, predictions }), { id, rows: predictions.length })).toEqual(expected);
      }),
    );
  });

  it("is read, or refused as none: nothing else becomes of any bytes", () => {
    const bytes = fc.uint8Array({ maxLength: 100 });
    const json = fc.json().map((text) => new TextEncoder().encode(text));
    const near = fc.record(
      { id: fc.oneof(fc.constant("1"), fc.anything()), predictions: fc.anything() },
      { requiredKeys: [] },
    );
    const nearly = near.map((value) =>
      new TextEncoder().encode(
        JSON.stringify(value, (_, each) => (typeof each === "bigint" ? String(each) : each)) ?? "",
      ),
    );
    fc.assert(
      fc.property(fc.oneof(bytes, json, nearly), (value) => {
        const asked = { id: "1", rows: 1 };
        isReady(Buffer.from(value));
        try {
          const found = readAnswer(Buffer.from(value), asked);
          if (Array.isArray(found)) expect(Object.hasOwn(found[0] as object, "prediction")).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(SlipwayError);
          expect(error).toMatchObject({ code: "SERVE_ANSWER" });
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it("that is refused shows nothing of its values", () => {
    const secret = "swordfish";
    const lines = [
      line({ id: "1", predictions: [{ prediction: [secret] }] }),
      line({ id: secret, predictions: [1] }),
      line({ id: "1", predictions: secret }),
      Buffer.from(secret),
    ];
    for (const each of lines) {
      expect(() => readAnswer(each, { id: "1", rows: 1 })).toThrow(SlipwayError);
      try {
        readAnswer(each, { id: "1", rows: 1 });
      } catch (error) {
        expect(JSON.stringify((error as SlipwayError).problems)).not.toContain(secret);
      }
    }
  });

  it("may be as long as its rows let it be", () => {
    const of = (length: number, rows: number) => {
      const bytes = line({ id: "1", predictions: ["x".repeat(length), ...Array(rows - 1).fill(1)] });
      return () => readAnswer(bytes, { id: "1", rows });
    };
    expect(of(1_000_000, 1)).not.toThrow();
    expect(of(1_200_000, 1)).toThrow(/more than 1\.1 MiB/);
    expect(of(1_200_000, 10)).not.toThrow();
  });

  it("says where it is wrong", () => {
    const bad = line({ id: "1", predictions: [1, { prediction: 2, proba_a: [0.5] }] });
    expect(() => readAnswer(bad, { id: "1", rows: 2 })).toThrow(/predictions\.1/);
  });

  it("with NaN says what to write", () => {
    const bad = Buffer.from('{"id":"1","predictions":[NaN]}');
    expect(() => readAnswer(bad, { id: "1", rows: 1 })).toThrow(
      expect.objectContaining({ problems: [expect.objectContaining({ hint: expect.stringContaining("null") })] }),
    );
  });
});

it("ready is that one object and nothing more", () => {
  expect(isReady(line({ ready: true }))).toBe(true);
  for (const other of [{ ready: false }, { ready: true, more: 1 }, [], true, null, "ready"])
    expect(isReady(line(other))).toBe(false);
});
