import { expect, test } from "vitest";
import { allowedRoot, isStoreRoot } from "../../../app/repositories/allowed-store.ts";
import { parseStore } from "../../../core/stores/address.ts";
import type { StoreChoice } from "../../../schemas/policy.ts";

const repository = { id: 7, fullName: "Acme/Models" };
const minio = "https://minio.example";

const ask = (root: string, store: StoreChoice) => allowedRoot(parseStore(store), { roots: [root], repository });

test.each<[string, StoreChoice]>([
  ["oci://ghcr.io", "oci://ghcr.io/acme/models"],
  ["oci://ghcr.io", "oci://ghcr.io/acme/models/models"],
  ["oci://registry.example/ml", "oci://registry.example/ml/7"],
  ["oci://registry.example/ml", "oci://registry.example/ml/7/models"],
  ["s3://bucket", "s3://bucket/7"],
  ["s3://bucket/ml", "s3://bucket/ml/7"],
  [`s3://bucket/ml?endpoint=${minio}`, { uri: "s3://bucket/ml/7", endpoint: minio }],
])("where the operator allows %s, the repository may use its own place", (root, store) => {
  expect(isStoreRoot(root)).toBe(true);
  expect(ask(root, store)).toBeUndefined();
});

test.each<[string, StoreChoice, string]>([
  ["oci://ghcr.io", "oci://ghcr.io/mallory/models", "oci://ghcr.io/acme/models[/…]"],
  ["oci://ghcr.io", "oci://ghcr.io/acme/models-2", "oci://ghcr.io/acme/models[/…]"],
  ["oci://ghcr.io", "oci://ghcr.io.evil.example/acme/models", "oci://ghcr.io/acme/models[/…]"],
  ["oci://ghcr.io", "file:/mnt/slipway/7", "oci://ghcr.io/acme/models[/…]"],
  ["oci://registry.example/ml", "oci://registry.example/ml/70", "oci://registry.example/ml/7[/…]"],
  ["s3://bucket/ml", "s3://bucket/ml/8", "s3://bucket/ml/7"],
  ["s3://bucket/ml", "s3://bucket/ml/7/deeper", "s3://bucket/ml/7"],
  ["s3://bucket/ml", { uri: "s3://bucket/ml/7", endpoint: minio }, "s3://bucket/ml/7"],
  [`s3://bucket/ml?endpoint=${minio}`, "s3://bucket/ml/7", `s3://bucket/ml/7 with endpoint ${minio}`],
])("where the operator allows %s, %j is refused, and the refusal says what to name", (root, store, expected) => {
  expect(() => ask(root, store)).toThrow(
    expect.objectContaining({ code: "STORE_NOT_ALLOWED", problems: [expect.objectContaining({ expected })] }),
  );
});

test.each([
  "file:relative",
  "file:/a/../b",
  "file://host/x",
  "oci://",
  "oci://GHCR.io",
  "s3://",
  "https://x",
  "s3://b?endpoint=http://evil",
])("%s is no root", (root) => {
  expect(isStoreRoot(root)).toBe(false);
});
