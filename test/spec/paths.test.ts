import { describe, expect, it } from "vitest";
import { globFolder, globTest, locationKind, repositoryPath } from "../../core/spec/paths.ts";

describe("repositoryPath", () => {
  it.each([
    ["data/x.csv", "models/a/data/x.csv"],
    [".", "models/a"],
    ["./x//y/", "models/a/x/y"],
    ["../../lib", "lib"],
    ["../..", ""],
    ["../../..", undefined],
    ["x/../../../../etc", undefined],
    ["/etc/passwd", undefined],
    ["~/x", undefined],
    ["C:/x", undefined],
    ["a\\b", undefined],
    ["../../.git/config", undefined],
    ["../../.GIT", undefined],
    [".slipway/store", undefined],
    ["a\nb", undefined],
  ])("takes %j for %j", (relative, expected) => {
    expect(repositoryPath("models/a", relative)).toBe(expected);
  });
});

describe("globTest", () => {
  it.each([
    ["d/*.csv", "d/a.csv", true],
    ["d/*.csv", "d/x/a.csv", false],
    ["d/?.csv", "d/ab.csv", false],
    ["d/**/*.csv", "d/a.csv", true],
    ["d/**/*.csv", "d/x/y/a.csv", true],
    ["d/**", "d/x/y", true],
    ["d/a.csv*", "d/aXcsv", false],
    ["d/[a].csv?", "d/[a].csvx", true],
    ["**/b/*", "a/b/b/c", true],
    ["*", "", true],
  ])("%s on %s: %s", (glob, path, expected) => {
    expect(globTest(glob)(path)).toBe(expected);
  });

  it("stays quick on a pattern made of stars", () => {
    expect(globTest(`${"**/*a*a*a*/".repeat(100)}b`)(`${"a".repeat(200)}/`.repeat(100))).toBe(false);
  });
});

describe("globFolder", () => {
  it.each([
    ["d/*.csv", "d"],
    ["*.csv", ""],
    ["d/x?/*/y", "d"],
    ["d/e/**", "d/e"],
  ])("of %s is %j", (glob, expected) => {
    expect(globFolder(glob)).toBe(expected);
  });
});

describe("locationKind", () => {
  it.each([
    ["https://x.org/a?b=*", "uri"],
    ["s3://bucket/*.csv", "uri"],
    ["file:/data/x.csv", "uri"],
    ["data/*.csv", "glob"],
    ["data/x.csv", "path"],
    ["C:/x.csv", "path"],
  ])("of %s is %s", (location, expected) => {
    expect(locationKind(location)).toBe(expected);
  });
});
