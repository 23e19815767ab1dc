import { expect, it } from "vitest";
import { fromRoot, globPattern, locate } from "../../../core/pipeline/data/locate.ts";
import { temporaryFolder, write } from "./setting.ts";

it.each([
  ["data/*.csv", "data/a.csv", true],
  ["data/*.csv", "data/a/b.csv", false],
  ["data/*.csv", "data/.hidden.csv", false],
  ["data/.*.csv", "data/.hidden.csv", true],
  ["**/*.csv", "a.csv", true],
  ["**/*.csv", "x/y/a.csv", true],
  ["data/**", "data/x/y.csv", true],
  ["data/**/x.csv", "data/x.csv", true],
  ["part-?.csv", "part-1.csv", true],
  ["part-?.csv", "part-10.csv", false],
  ["part-[0-4].csv", "part-3.csv", true],
  ["part-[!0-4].csv", "part-3.csv", false],
  ["{train,valid}.csv", "valid.csv", true],
  ["{train,valid}.csv", "test.csv", false],
  ["a+b(1).csv", "a+b(1).csv", true],
  ["a.csv", "axcsv", false],
])("matches %s with %s: %s", (glob, path, matches) => {
  expect(globPattern(glob).test(path)).toBe(matches);
});

it("sorts files bytewise by path", async () => {
  const root = await temporaryFolder();
  await write(root, {
    "m/d/b.csv": "x",
    "m/d/B.csv": "x",
    "m/d/é.csv": "x",
    "m/d/z/a.csv": "x",
    "m/d/.git/a.csv": "x",
  });
  expect((await locate(root, "m", "d/**/*.csv")).map(({ path }) => path)).toEqual([
    "m/d/B.csv",
    "m/d/b.csv",
    "m/d/z/a.csv",
    "m/d/é.csv",
  ]);
});

it.each(["../../x.csv", "/etc/passwd.csv", "..\\x.csv", "a/../../../x.csv"])(
  "refuses %s, which leaves the repository",
  (path) => {
    expect(() => fromRoot("m", path)).toThrow(/leaves the repository/);
  },
);

it("takes a path beside the model's folder", () => {
  expect(fromRoot("models/m", "../../data/x.csv")).toBe("data/x.csv");
});
