import { expect, it } from "vitest";
import { isLoopback, isOfEachClone, parseStore } from "../../core/stores/address.ts";
import type { StoreChoice } from "../../schemas/policy.ts";

it.each<[StoreChoice | undefined, string]>([
  [undefined, "file:.slipway/store"],
  ["file:kept/", "file:kept"],
  ["file:///mnt/x//", "file:/mnt/x"],
  ["oci://GHCR.io/owner/repo/models/", "oci://ghcr.io/owner/repo/models"],
  ["oci://127.0.0.1:5000/a__b/c-d.e", "oci://127.0.0.1:5000/a__b/c-d.e"],
  [{ uri: "oci://[::1]:5000/models", also: ["image"] }, "oci://[::1]:5000/models"],
  ["s3://bucket", "s3://bucket"],
  [{ uri: "s3://bucket/a/b/", endpoint: "http://127.0.0.1:7070", region: "eu-1" }, "s3://bucket/a/b"],
])("spells %j as %s", (store, uri) => {
  expect(parseStore(store).uri).toBe(uri);
});

it("reads the same address again from its spelling", () => {
  for (const uri of ["file:/mnt/x", "oci://ghcr.io/o/r", "s3://bucket/a/b"]) {
    expect(parseStore(parseStore(uri).uri)).toEqual(parseStore(uri));
  }
});

it.each<[string, StoreChoice, string]>([
  ["a scheme that no store has", "https://host/x", "UNSUPPORTED"],
  ["a share of another host", "file://host/share", "UNSUPPORTED"],
  ["no path", "file:", "UNSUPPORTED"],
  ["a bare path", "kept", "UNSUPPORTED"],
  ["a registry without a repository", "oci://ghcr.io", "POLICY_INVALID"],
  ["a tag", "oci://ghcr.io/o/r:latest", "POLICY_INVALID"],
  ["upper case in a repository", "oci://ghcr.io/Owner/Repo", "POLICY_INVALID"],
  ["a path that climbs", "oci://ghcr.io/o/../r", "POLICY_INVALID"],
  ["a user", "oci://me:hidden@ghcr.io/o/r", "POLICY_INVALID"],
  ["a bucket in upper case", "s3://Bucket/x", "POLICY_INVALID"],
  ["a prefix that climbs", "s3://bucket/a/../b", "POLICY_INVALID"],
  ["an empty part of a prefix", "s3://bucket/a//b", "POLICY_INVALID"],
  ["plain HTTP over a network", { uri: "s3://bucket", endpoint: "http://host" }, "POLICY_INVALID"],
  ["an endpoint with a user", { uri: "s3://bucket", endpoint: "https://me:hidden@host" }, "POLICY_INVALID"],
  ["an endpoint of a folder", { uri: "file:/x", endpoint: "https://host" }, "POLICY_INVALID"],
  ["an image in a bucket", { uri: "s3://bucket", also: ["image"] }, "POLICY_INVALID"],
])("refuses %s, where it stands, and repeats no password", (_, store, code) => {
  const at = { file: "slipway.yaml", line: 3, column: 7 };
  let thrown: unknown;
  try {
    parseStore(store, at);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({ code, problems: [at] });
  expect(JSON.stringify(thrown)).not.toContain("hidden");
});

it("tells a folder of each clone's own from what others can read", () => {
  expect(["file:kept", "file:kept/sha256/ab/x", "file:/mnt/x", "oci://h/r"].map(isOfEachClone)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

it.each([
  ["localhost:5000", true],
  ["containers.github.localhost:80", true],
  ["127.0.0.1", true],
  ["[::1]:80", true],
  ["127.0.0.1.example.com", false],
  ["localhost.example.com", false],
  ["mylocalhost", false],
  ["ghcr.io", false],
])("knows whether %s is this machine alone", (host, loopback) => {
  expect(isLoopback(host)).toBe(loopback);
});
