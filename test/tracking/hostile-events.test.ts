import fc from "fast-check";
import { expect, it } from "vitest";
import { takeRecords } from "../../core/tracking/event-records.ts";
import { eventScalars } from "../../core/tracking/event-scalars.ts";

it("either reads an event or throws, whatever its bytes are, and gives no tag without a number", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      try {
        for (const { tag, value } of eventScalars(bytes))
          expect([typeof tag, typeof value]).toEqual(["string", "number"]);
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
    }),
    { numRuns: 2_000 },
  );
});

it("takes no more of a block than there is, or says that it is damaged", () => {
  const none = () => {
    throw new Error("a record");
  };
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const taken = takeRecords(none)(Buffer.from(bytes));
      // Only a right checksum of its length could make a record of it.
      expect(taken).toBe(bytes.length < 12 ? 0 : "broken");
    }),
  );
});
