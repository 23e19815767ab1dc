import fc from "fast-check";
import { expect, it } from "vitest";
import { countingApprovals, samePerson } from "../../core/promotion/approvals.ts";
import type { Person } from "../../schemas/names.ts";

const person = (login: string, number?: number): Person => ({
  ...{ name: login, id: login },
  ...(number === undefined ? {} : { account: `github:${number}` }),
});

it.each([
  ["one number, two logins", person("ada", 1), person("adele", 1), true],
  ["one login, two numbers", person("ada", 1), person("ada", 2), false],
  ["one login in two cases, a number missing", person("Ada", 1), person("aDA"), true],
  ["two logins, a number missing", person("ada", 1), person("bob"), false],
  ["one address on plain Git", person("ada@example.org"), person("ADA@example.org"), true],
])("tells people apart: %s", (_, one, other, same) => {
  expect(samePerson(one, other)).toBe(same);
  expect(samePerson(other, one)).toBe(same);
});

it("counts at most one approval of each number, and none of who asked, whatever they are called", () => {
  const someone = fc.record({
    ...{ login: fc.constantFrom("ada", "bob", "eve"), id: fc.constantFrom(1, 2, 3) },
  });
  const [manifest, at] = ["b".repeat(40), "2026-01-31T09:00:00Z"];
  fc.assert(
    fc.property(someone, fc.array(someone, { maxLength: 6 }), (asker, approvers) => {
      const approvals = approvers.map(({ login, id }) => ({ by: person(login, id), manifest, at }));
      const requestedBy = person(asker.login, asker.id);
      const counted = countingApprovals({ approvals, manifestBlob: manifest, requestedBy, identifiesUsers: true });
      const ids = counted.map(({ by }) => by.account);
      expect(new Set(ids)).toEqual(new Set(approvers.flatMap(({ id }) => (id === asker.id ? [] : [`github:${id}`]))));
      expect(ids.length).toBe(new Set(ids).size);
    }),
  );
});
