import fc from "fast-check";
import { expect, it } from "vitest";
import { testFace } from "./face.ts";

const key = fc.constantFrom(
  ...["inputs", "outputs", "name", "shape", "datatype", "data", "instances", "dataframe_split", "dataframe_records"],
  ...["columns", "parameters", "id", "bill_length_mm", "island", "__proto__", "constructor", "0"],
);
const scalar = fc.oneof(
  fc.constantFrom(null, true, "", "FP64", "BYTES", "bill_length_mm", "island", 1e308, -0),
  fc.integer({ min: -2, max: 3 }),
  fc.string({ maxLength: 5 }),
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    scalar,
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(key, tie("value"), { maxKeys: 4 }),
  ),
}));
const body = fc.oneof(
  fc.dictionary(key, value, { maxKeys: 3 }).map((each) => JSON.stringify(each)),
  fc.string(),
);

it.each([
  ["/invocations", "application/json"],
  ["/invocations", "text/csv"],
  ["/v1/models/penguins:predict", "application/json"],
  ["/v2/models/penguins/infer", "application/json"],
])("no body is a fault of %s (%s): it is answered, or refused with 400", async (path, type) => {
  const { post, log } = await testFace();
  await fc.assert(
    fc.asyncProperty(body, async (sent) => {
      const { status } = await post(path, sent, { "content-type": type });
      expect([200, 400]).toContain(status);
    }),
    { numRuns: 200 },
  );
  expect(log.filter(({ level }) => level === 50)).toEqual([]);
});

it("no path and no header is a fault", async () => {
  const { url, log } = await testFace();
  const path = fc.array(
    fc.constantFrom("v2", "v1", "models", "penguins", "%", "%00", "..", ":predict", "infer", "é", "*"),
  );
  await fc.assert(
    fc.asyncProperty(path, fc.constantFrom("GET", "POST", "PUT", "HEAD", "OPTIONS"), async (parts, method) => {
      const response = await fetch(`${url}/${parts.join("/")}`, {
        method,
        headers: { "x-request-id": parts.join("") || "x" },
      }).catch(() => undefined);
      expect(response?.status ?? 0).toBeLessThan(500);
      await response?.text();
    }),
    { numRuns: 200 },
  );
  expect(log.filter(({ level }) => level === 50)).toEqual([]);
});
