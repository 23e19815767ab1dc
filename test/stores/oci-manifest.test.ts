import { expect, it } from "vitest";
import { canonicalJson, sha256 } from "../../core/canonical.ts";
import { parseChallenge } from "../../core/stores/oci/authorization.ts";
import { checkedUrl } from "../../core/stores/oci/exchange.ts";
import { filesOf, MOST_MANIFEST, modelManifests, peopleTag, StoredManifest } from "../../core/stores/oci/manifest.ts";

const ABOUT = { model: "penguins", commit: "c".repeat(40), created: "2026-01-31T09:00:00Z" };
const filesNamed = (...paths: string[]) => paths.map((path) => ({ path, sha256: sha256(path), size: path.length }));
const parsed = (bytes: Buffer) => JSON.parse(bytes.toString());

it("is ModelPack's manifest, whose config has its three keys and no other", () => {
  const [made] = modelManifests("a".repeat(64), filesNamed("README.md", "model.bin"), ABOUT);
  const manifest = parsed(made?.bytes as Buffer);
  expect(manifest).toMatchObject({
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    artifactType: "application/vnd.cncf.model.manifest.v1+json",
    config: { mediaType: "application/vnd.cncf.model.config.v1+json" },
    annotations: { "org.opencontainers.image.revision": ABOUT.commit, "dev.slipway.artifact": "a".repeat(64) },
  });
  const [config] = (made?.blobs ?? []).map(parsed);
  expect(Object.keys(config)).toEqual(["descriptor", "config", "modelfs"]);
  expect(config).toMatchObject({
    descriptor: { createdAt: ABOUT.created, name: "penguins" },
    modelfs: { type: "layers", diffIds: [`sha256:${sha256("README.md")}`, `sha256:${sha256("model.bin")}`] },
  });
});

it("names each file by its own digest, for ModelPack's clients and for oras", () => {
  const [made] = modelManifests("a".repeat(64), filesNamed("deep/ü\n.bin"), undefined);
  expect(parsed(made?.bytes as Buffer).layers).toEqual([
    {
      mediaType: "application/vnd.cncf.model.weight.v1.raw",
      digest: `sha256:${sha256("deep/ü\n.bin")}`,
      size: 11,
      annotations: { "org.cncf.model.filepath": "deep/ü\n.bin", "org.opencontainers.image.title": "deep/ü\n.bin" },
    },
  ]);
});

it("is the same bytes for the same files and commit, whenever it is made", () => {
  const make = () => modelManifests("a".repeat(64), filesNamed("m"), { ...ABOUT }).map(({ sha256 }) => sha256);
  expect(make()).toEqual(make());
});

it("names as many files as a folder may hold by several manifests, each as small as registries take", () => {
  const files = filesNamed(...Array.from({ length: 40_000 }, (_, at) => `a-folder-with-a-name/part-${at}.bin`));
  const made = modelManifests("a".repeat(64), files, ABOUT);
  expect(made.length).toBeGreaterThan(2);
  for (const { bytes } of made) expect(bytes.length).toBeLessThan(MOST_MANIFEST);
  const parts = made.slice(0, -1).flatMap(({ bytes }) => filesOf(StoredManifest.parse(parsed(bytes))));
  expect(canonicalJson(parts)).toBe(canonicalJson(files));
  expect(parsed(made.at(-1)?.bytes as Buffer).manifests).toHaveLength(made.length - 1);
});

it("needs one manifest alone for ten thousand files", () => {
  const files = filesNamed(...Array.from({ length: 10_000 }, (_, at) => `part-${at}`));
  expect(modelManifests("a".repeat(64), files, ABOUT)).toHaveLength(1);
});

it.each([
  ["penguins", "penguins-cccccccccccc"],
  ["größe 1", "gr__e-1-cccccccccccc"],
  [".x", "_x-cccccccccccc"],
])("makes a tag of the model %s", (model, tag) => {
  expect(peopleTag({ ...ABOUT, model })).toMatch(/^\w[\w.-]{0,127}$/);
  expect(peopleTag({ ...ABOUT, model }).length).toBe(tag.length);
});

it.each([
  ['Bearer realm="https://ghcr.io/token",service="ghcr.io",scope="x"', "https://ghcr.io/token"],
  ['bearer service="s", realm="/token"', "/token"],
])("reads where a token is to be had from %s", (header, realm) => {
  expect(parseChallenge(header)).toMatchObject({ scheme: "bearer", realm });
});

it.each([undefined, "", "Negotiate", "Bearer", 'Bearer service="x"'])("finds no way to log in in %j", (header) => {
  expect(parseChallenge(header)).toBeUndefined();
});

it.each(["http://tokens.example/x", "ftp://tokens.example", "https://me:x@tokens.example", "//[", "javascript:1"])(
  "sends nothing to %s",
  (url) => {
    const check = () => checkedUrl(url, new URL("https://registry.example/v2/"));
    expect(check).toThrow(expect.objectContaining({ code: "STORE_FAILED" }));
  },
);
