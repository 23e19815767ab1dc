import { expect, test } from "vitest";
import { findRoute, type Routes } from "../../../app/intake/routes.ts";

const routes: Routes = { "check_suite.requested": async () => {}, check_suite: async () => {}, push: async () => {} };

test("an event's action chooses the handler, before the event alone", () => {
  expect(findRoute(routes, "check_suite", "requested")).toBe(routes["check_suite.requested"]);
  expect(findRoute(routes, "check_suite", "rerequested")).toBe(routes.check_suite);
  expect(findRoute(routes, "push", undefined)).toBe(routes.push);
});

test.each([
  ["star", "created"],
  ["constructor", undefined],
  ["__proto__", undefined],
  ["push", { toString: 1 }],
])("nobody listens to %s.%s unless the table says so", (event, action) => {
  expect(findRoute(routes, event, action)).toBe(event === "push" ? routes.push : undefined);
});
