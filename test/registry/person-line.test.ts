import fc from "fast-check";
import { expect, it } from "vitest";
import { formatPersonLine, parsePersonLine } from "../../core/registry/person-line.ts";

it("reads what it has written, whatever people call themselves", () => {
  const name = fc.string({ maxLength: 40 }).filter((text) => !/[\r\n\u2028\u2029]/.test(text));
  const id = name.filter((text) => !/[<>]/.test(text));
  const number = fc.option(fc.integer({ min: 1, max: 2 ** 40 }), { nil: undefined });
  fc.assert(
    fc.property(name, id, number, (named, by, github_id) => {
      const person = { name: named, id: by, ...(github_id === undefined ? {} : { github_id }) };
      expect(parsePersonLine(formatPersonLine(person))).toEqual(person);
    }),
  );
});

it.each([
  "Grace",
  "Grace <grace",
  "Grace <grace> (GitHub 0)",
  "Grace <grace> (GitHub 1) ",
  "Grace <grace> (GitLab 1)",
  // An address that was made to look like a number of GitHub's.
  formatPersonLine({ name: "Eve", id: "eve> (GitHub 1)" }),
])("takes no number from %j", (line) => {
  expect(parsePersonLine(line)?.github_id).toBeUndefined();
});
