import fc from "fast-check";
import { expect, it } from "vitest";
import { formatPersonLine, parsePersonLine } from "../../core/registry/person-line.ts";

it("reads what it has written, whatever people call themselves", () => {
  const name = fc.string({ maxLength: 40 }).filter((text) => !/[\r\n\u2028\u2029]/.test(text));
  const id = name.filter((text) => !/[<>]/.test(text));
  const accounts = ["github:583231", "gitlab.example.org:77", "login.example.org:00u1-a|b@c"];
  const account = fc.constantFrom(undefined, ...accounts);
  fc.assert(
    fc.property(name, id, account, (named, by, from) => {
      const person = { name: named, id: by, ...(from === undefined ? {} : { account: from }) };
      expect(parsePersonLine(formatPersonLine(person))).toEqual(person);
    }),
  );
});

it.each([
  "Grace",
  "Grace <grace",
  "Grace <grace> (583231)",
  "Grace <grace> (github:1) ",
  "Grace <grace> (GitHub:1)",
  // An address that was made to look like an account.
  formatPersonLine({ name: "Eve", id: "eve> (github:1)" }),
])("takes no account from %j", (line) => {
  expect(parsePersonLine(line)?.account).toBeUndefined();
});
