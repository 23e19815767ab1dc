import { describe, expect, it } from "vitest";
import { dataUri, isMatch, uriOfMatch } from "../../core/spec/data-uri.ts";

describe("a data URI", () => {
  it.each([
    ["s3://bucket/a/b.csv", { scheme: "s3", host: "bucket", path: "a/b.csv", name: "a/b.csv" }],
    ["s3://bucket/a b+c%20&é.csv", { path: "a b+c%20&é.csv" }],
    ["s3://bucket//a//b.csv", { path: "/a//b.csv" }],
    ["file:///data/a%20b.csv", { scheme: "file", host: "", path: "/data/a b.csv" }],
    ["https://data.test/a.csv?sig=1", { scheme: "https", path: "/a.csv?sig=1", name: "/a.csv" }],
    [
      "oci://ghcr.io/acme/rows:v1#train.parquet",
      { scheme: "oci", host: "ghcr.io", path: "acme/rows:v1", name: "train.parquet" },
    ],
    [`oci://localhost:5000/rows@sha256:${"a".repeat(64)}#a.csv`, { path: `rows@sha256:${"a".repeat(64)}` }],
  ])("%s is one file", (text, parts) => {
    expect(dataUri(text)).toMatchObject(parts);
    expect(dataUri(text).pattern).toBeUndefined();
  });

  it.each([
    ["another scheme", "gs://bucket/a.csv"],
    ["plain http", "http://data.test/a.csv"],
    ["a user name", "https://me@data.test/a.csv"],
    ["a user name before a bucket", "s3://key:secret@bucket/a.csv"],
    ["a user name before a registry", "oci://me:pw@ghcr.io/rows:v1#a.csv"],
    ["no key", "s3://bucket"],
    ["a bucket in capitals", "s3://Bucket/a.csv"],
    ["a key that climbs", "s3://bucket/a/../b.csv"],
    ["a path that climbs", "file:///data/../etc/passwd"],
    ["a path that climbs in secret", "file:///data/%2e%2e/etc/passwd"],
    ["a slash in secret", "file:///data%2fb.csv"],
    ["a file on another host", "file://host/a.csv"],
    ["half an escape", "file:///a%.csv"],
    ["a control character", "s3://bucket/a\u001b[2Jb.csv"],
    ["a line end", "https://data.test/a.csv\nb"],
    ["text that runs backwards", "s3://bucket/\u202evsc.csv"],
    ["half a character", "s3://bucket/\ud800.csv"],
    ["this machine", "https://localhost/a.csv"],
    ["this machine by number", "https://127.0.0.2/a.csv"],
    ["this machine by one number", "https://2130706433/a.csv"],
    ["this machine in IPv6", "https://[::1]/a.csv"],
    ["this machine by an IPv4 address in IPv6", "https://[::ffff:127.0.0.1]/a.csv"],
    ["its cloud's metadata", "https://169.254.169.254/latest/a.csv"],
    ["a registry at its cloud's metadata", "oci://169.254.169.254/rows:v1#a.csv"],
    ["a registry on this machine in another spelling", "oci://127.1/rows:v1#a.csv"],
    ["a registry on this machine by one number", "oci://2130706433/rows:v1#a.csv"],
    ["a registry on this machine by an IPv4 address in IPv6", "oci://[::ffff:7f00:1]/rows:v1#a.csv"],
    ["a registry whose host is none", "oci://a:b:c/rows:v1#a.csv"],
    ["no title", "oci://ghcr.io/acme/rows:v1"],
    ["a title that climbs", "oci://ghcr.io/acme/rows:v1#../a.csv"],
  ])("is refused with %s", (_, text) => {
    expect(() => dataUri(text)).toThrow(expect.objectContaining({ code: "UNSUPPORTED" }));
  });

  it("is refused without its secrets", () => {
    expect(() => dataUri("http://me:hunter2@data.test/a.csv?sig=hunter3")).toThrow(
      expect.objectContaining({ message: expect.not.stringMatching(/hunter/) }),
    );
  });
});

describe("a pattern", () => {
  it.each([
    ["s3://box/train/*.csv", ["train/a.csv", "train/.csv"], ["train/x/a.csv", "train/a.csv.gz", "atrain/a.csv"]],
    ["s3://box/**/*.csv", ["a.csv", "x/y/a.csv"], ["a.parquet"]],
    ["s3://box/part-?[0-9].csv", ["part-a1.csv", "part-é9.csv"], ["part-1.csv", "part-ab.csv"]],
    ["s3://box/[!a-c]*.csv", ["d.csv"], ["a.csv", "c1.csv"]],
    ["s3://box/[*][?][[]].csv", ["*?[].csv"], ["abc].csv"]],
    [
      "s3://box/train/",
      ["train/a.csv", "train/x/a.csv"],
      ["train/", "train/x/", "train/_SUCCESS", "train/.a.crc", "other/a.csv"],
    ],
    ["s3://box/", ["a.csv"], ["_a.csv"]],
    ["file:///data/*/a%2A.csv", ["/data/x/a*.csv"], ["/data/x/ab.csv", "/data/a*.csv"]],
    ["file:///data/%C3%A9/", ["/data/é/a.csv"], ["/data/e/a.csv"]],
  ])("%s names its files alone", (text, named, others) => {
    const { pattern } = dataUri(text);
    expect(named.map((path) => [path, pattern?.test(path)])).toEqual(named.map((path) => [path, true]));
    expect(others.map((path) => [path, pattern?.test(path)])).toEqual(others.map((path) => [path, false]));
  });

  it.each([
    ["s3://box/train/2024-*/x.csv", "train/2024-"],
    ["s3://box/train/", "train/"],
    ["file:///da%20ta/x*/y.csv", "/da ta/x"],
  ])("%s is listed from its beginning on", (text, start) => {
    expect(dataUri(text).pattern?.start).toBe(start);
  });

  it.each([
    ["s3://box/**", "x/a b*[1]?#.csv"],
    ["file:///d/**", "/d/a b*[1]?#%é.csv"],
  ])("of %s gives a file's URI, and knows it again", (text, path) => {
    const pattern = dataUri(text);
    const uri = uriOfMatch(pattern, path);
    expect(isMatch(pattern, uri)).toBe(true);
    expect(dataUri(uri).path).toBe(path);
  });

  it.each([
    ["s3://box/train/*", "s3://other/train/a.csv"],
    ["s3://box/train/*", "s3://box/secret/a.csv"],
    ["s3://box/**", "s3://box/a/../b.csv"],
    ["file:///d/**", "file:///d/../etc/passwd"],
    ["file:///d/**", "file:///d/%2e%2e/etc/passwd"],
    ["file:///d/**", "file:///e/a.csv"],
    ["file:///d/**", "https://d/a.csv"],
  ])("%s does not know %s for its own", (text, uri) => {
    expect(isMatch(dataUri(text), uri)).toBe(false);
  });
});
