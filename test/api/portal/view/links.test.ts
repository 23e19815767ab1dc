import { expect, it } from "vitest";
import { outsideLink, pathTo } from "../../../../api/portal/view/links.ts";

it("leads nowhere but below the base, whatever a name is", () => {
  expect(pathTo({ base: "/r/o/n" }, ["m", "../x?y#z", 3])).toBe("/r/o/n/m/..%2Fx%3Fy%23z/3");
});

it("has an address for a name with half of a character in it", () => {
  expect(pathTo({ base: "" }, ["m", "a\ud800"])).toBe("/m/a%EF%BF%BD");
});

it("links to the web alone", async () => {
  expect(String(await outsideLink("javascript:alert(1)", "here"))).toBe("here");
  expect(String(await outsideLink("https://a.example/", "here"))).toContain('href="https://a.example/"');
});
