import fc from "fast-check";
import { expect, it } from "vitest";
import { actId } from "../../core/promotion/act-id.ts";
import { ActId, type ActSource } from "../../schemas/act-source.ts";

const SOURCE: ActSource = { kind: "comment", repository: "acme/models", id: "12345", place: 0 };

it("is one key, however the comment was read", () => {
  const later = {
    ...SOURCE,
    issue: 7,
    body_sha256: "a".repeat(64),
    url: "https://example.org/",
    repository: "Acme/Models",
  };
  expect(actId(later)).toBe(actId(SOURCE));
  expect(ActId.safeParse(actId(SOURCE)).success).toBe(true);
});

it("tells a comment's commands, comments, buttons and repositories apart", () => {
  const source = fc.record({
    kind: fc.constantFrom("comment" as const, "button" as const),
    repository: fc.constantFrom("acme/models", "acme/model", "acm/emodels"),
    id: fc.constantFrom("1", "11", "111"),
    place: fc.integer({ min: 0, max: 2 }),
  });
  fc.assert(
    fc.property(source, source, (one, other) => {
      expect(actId(one) === actId(other)).toBe(JSON.stringify(one) === JSON.stringify(other));
    }),
  );
});
