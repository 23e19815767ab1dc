import { expect, it } from "vitest";
import { localPath } from "../../../../app/server/portal/local-path.ts";

const HOME = "https://slipway.example.org";

it.each([
  "/",
  "/?q=models&page=2",
  "/r/acme/models/",
  "/r/acme/models/m/penguins/v/3?tab=data",
  "/r/acme/models/m/a%2Fb",
  "/r/acme/models/?back=https://evil.example/",
])("goes to %s after signing in", (to) => {
  expect(localPath(to, HOME)).toBe(to);
});

it.each([
  undefined,
  "",
  "https://evil.example/",
  "//evil.example/",
  "///evil.example/",
  "/\\evil.example/",
  "\\/evil.example/",
  "/\t/evil.example/",
  "/\n/evil.example/",
  " //evil.example/",
  "/.//evil.example/",
  "/r/..//evil.example/",
  "/r/../..//evil.example/",
  "/%2f/evil.example/",
  "/%5cevil.example/",
  "/r/%2e%2e//evil.example/",
  "javascript:alert(1)",
  "data:text/html,hello",
  "/javascript:alert(1)",
  "r/acme/models",
  "?to=https://evil.example/",
  "@evil.example/",
  "https:evil.example",
  `/r/${"a".repeat(2_001)}`,
  "/r/acme/models/\r\nset-cookie: a=b",
  "/logout",
  "/login/callback?code=a",
  "/metrics",
  "/r/é",
])("goes to no other place than the first page for %j", (to) => {
  expect(localPath(to, HOME)).toBe("/");
});
