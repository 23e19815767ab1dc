import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { canonicalJson, sha256 } from "../../core/canonical.ts";
import { openStore } from "../../core/stores/open/open-store.ts";
import type { Artifact } from "../../schemas/manifest.ts";
import { program } from "../../tools/servers/programs.ts";
import { registryServer } from "../helpers/real-server.ts";

const ABOUT = { model: "penguins", commit: "c".repeat(40), created: "2026-01-31T09:00:00Z" };

async function setting() {
  const folder = await mkdtemp(join(tmpdir(), "slipway-oras-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, "model/deep"), { recursive: true });
  await writeFile(join(folder, "model/weights.bin"), Buffer.alloc(100_000, 7));
  await writeFile(join(folder, "model/deep/ü notes.txt"), "hello\n");
  await writeFile(join(folder, "model/empty"), "");
  const { host } = await registryServer();
  const oras = (...words: string[]) =>
    execFileSync(program("oras"), [...words.slice(0, 1), "--plain-http", ...words.slice(1)], {
      cwd: folder,
      encoding: "utf8",
    });
  return { folder, host, oras, model: join(folder, "model") };
}

it("pulls with oras what Slipway put, by the address that the record names", async () => {
  const { folder, host, oras, model } = await setting();
  const artifact = await openStore(`oci://${host}/acme/models`, "/").putFolder(model, { about: ABOUT });
  oras("pull", artifact.uri.replace("oci://", ""), "--output", join(folder, "out"));
  expect(await readFile(join(folder, "out/weights.bin"))).toEqual(Buffer.alloc(100_000, 7));
  expect(await readFile(join(folder, "out/deep/ü notes.txt"), "utf8")).toBe("hello\n");
  expect(await readFile(join(folder, "out/empty"), "utf8")).toBe("");
});

it("has a tag for people, and one for every manifest", async () => {
  const { host, model } = await setting();
  const store = openStore({ uri: `oci://${host}/acme/models`, also: ["image"] }, "/");
  const artifact = await store.putFolder(model, { about: ABOUT });
  const { tags } = (await (await fetch(`http://${host}/v2/acme/models/tags/list`)).json()) as { tags: string[] };
  expect(tags).toContain("penguins-cccccccccccc");
  for (const uri of [artifact.uri, artifact.image?.uri ?? ""]) {
    const digest = uri.slice(uri.lastIndexOf(":") + 1);
    expect(tags.filter((tag) => new RegExp(`^kept-\\d{8}-${digest}$`).test(tag))).toHaveLength(1);
  }
});

it("keeps an image besides where it is asked to, whose layer holds the files below models/", async () => {
  const { folder, host, oras, model } = await setting();
  const store = openStore({ uri: `oci://${host}/acme/models`, also: ["image"] }, "/");
  const artifact = await store.putFolder(model, { about: ABOUT });
  const image = artifact.image?.uri.replace("oci://", "") ?? "";
  const manifest = JSON.parse(execFileSync(program("oras"), ["manifest", "fetch", "--plain-http", image]).toString());
  expect(manifest).toMatchObject({
    config: { mediaType: "application/vnd.oci.image.config.v1+json" },
    layers: [{ mediaType: "application/vnd.oci.image.layer.v1.tar" }],
  });
  const layer = `${image.slice(0, image.indexOf("@"))}@${manifest.layers[0].digest}`;
  execFileSync(program("oras"), ["blob", "fetch", "--plain-http", "--output", join(folder, "layer.tar"), layer]);
  const listed = execFileSync("tar", ["-tf", join(folder, "layer.tar"), "--quoting-style=literal"], {
    encoding: "utf8",
  });
  expect(listed.split("\n").filter((path) => path && !path.endsWith("/"))).toEqual([
    "models/deep/ü notes.txt",
    "models/empty",
    "models/weights.bin",
  ]);
  expect(oras("resolve", `${host}/acme/models:image-${artifact.sha256}`).trim()).toBe(
    image.slice(image.indexOf("@") + 1),
  );
  expect(await store.putFolder(model, { about: ABOUT })).toEqual(artifact);
});

it("reads what oras pushed, by the digests of its files", async () => {
  const { folder, host, oras, model } = await setting();
  oras("push", `${host}/acme/models:by-oras`, "model/weights.bin", "model/empty");
  const bytes = await readFile(join(model, "weights.bin"));
  const file = { uri: "x", sha256: sha256(bytes), size: bytes.length };
  const store = openStore(`oci://${host}/acme/models`, "/");
  await store.getFile(file, join(folder, "copy"));
  expect(await readFile(join(folder, "copy"))).toEqual(bytes);
  const files = [{ path: "weights.bin", sha256: file.sha256, size: file.size }];
  const artifact: Artifact = { uri: "x", sha256: sha256(canonicalJson(files)), size: file.size, files };
  await store.getFolder(artifact, join(folder, "out"));
  expect(await readFile(join(folder, "out/weights.bin"))).toEqual(bytes);
});

it("does not take for garbage what others pushed", async () => {
  const { host, oras } = await setting();
  oras("push", `${host}/acme/models:by-oras`, "model/weights.bin");
  const listed: unknown[] = [];
  for await (const each of openStore(`oci://${host}/acme/models`, "/").list()) listed.push(each);
  expect(listed).toEqual([]);
});
