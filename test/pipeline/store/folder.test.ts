import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { sha256 } from "../../../core/canonical.ts";
import { openFolderStore } from "../../../core/pipeline/store/folder.ts";
import { listFolder } from "../../../core/pipeline/store/listing.ts";
import { openStore } from "../../../core/pipeline/store/open.ts";
import { testArtifactStore } from "../../contract/artifact-store.ts";

testArtifactStore("a folder", async (folder) => {
  const place = (digest: string) => join(folder, "sha256", digest.slice(0, 2), digest);
  return {
    store: openFolderStore(folder, "file:store"),
    spoil: async (digest) => {
      await chmod(place(digest), 0o644);
      await writeFile(place(digest), "HELLO\n");
    },
    remove: (digest) => rm(place(digest)),
  };
});

async function temporary(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "slipway-test-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

it("keeps objects read-only", async () => {
  const folder = await temporary();
  await writeFile(join(folder, "a"), "hello\n");
  await openFolderStore(join(folder, "store"), "file:store").putFile(join(folder, "a"));
  const digest = sha256("hello\n");
  expect((await stat(join(folder, "store/sha256", digest.slice(0, 2), digest))).mode & 0o222).toBe(0);
});

it("holds whole objects alone after a writer was killed, and takes the same folder again", async () => {
  const folder = await temporary();
  const model = join(folder, "model");
  await mkdir(model);
  for (let n = 0; n < 150; n++) await writeFile(join(model, `part-${n}`), Buffer.alloc(200_000, n));
  const root = join(folder, "store");
  const source = new URL("../../../core/pipeline/store/folder.ts", import.meta.url).href;
  const script = `import { openFolderStore } from ${JSON.stringify(source)};
    await openFolderStore(${JSON.stringify(root)}, "file:store").putFolder(${JSON.stringify(model)});`;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], { stdio: "ignore" });
  const exited = once(child, "exit");
  const objects = async () =>
    (await readdir(join(root, "sha256"), { recursive: true, withFileTypes: true }).catch(() => [])).filter((entry) =>
      entry.isFile(),
    );
  while ((await objects()).length < 5 && child.exitCode === null) await sleep(2);
  child.kill("SIGKILL");
  await exited;

  const found = await objects();
  expect(found.length).toBeGreaterThanOrEqual(5);
  for (const { parentPath, name } of found) expect(sha256(await readFile(join(parentPath, name)))).toBe(name);
  const store = openFolderStore(root, "file:store");
  expect(await store.verify(await store.putFolder(model))).toBe("ok");
});

it("refuses a folder with more files or bytes than the limits", async () => {
  const folder = await temporary();
  await writeFile(join(folder, "a"), "12345");
  await writeFile(join(folder, "b"), "12345");
  await expect(listFolder(folder, { files: 1, bytes: 100 })).rejects.toMatchObject({ code: "OUTPUT_TOO_LARGE" });
  await expect(listFolder(folder, { files: 2, bytes: 9 })).rejects.toMatchObject({ code: "OUTPUT_TOO_LARGE" });
});

it("says that the store failed where its folder cannot be written", async () => {
  const folder = await temporary();
  await writeFile(join(folder, "file"), "not a folder");
  const store = openFolderStore(join(folder, "file"), "file:file");
  await expect(store.putFile(join(folder, "file"))).rejects.toMatchObject({ code: "STORE_FAILED" });
});

it("keeps a relative store's URIs relative to the repository", async () => {
  const folder = await temporary();
  await writeFile(join(folder, "a"), "hello\n");
  const digest = sha256("hello\n");
  const path = `sha256/${digest.slice(0, 2)}/${digest}`;
  expect((await openStore(undefined, folder).putFile(join(folder, "a"))).uri).toBe(`file:.slipway/store/${path}`);
  expect((await openStore("file:kept", folder).putFile(join(folder, "a"))).uri).toBe(`file:kept/${path}`);
  const absolute = openStore(`file://${folder}/abs`, "/elsewhere");
  expect((await absolute.putFile(join(folder, "a"))).uri).toBe(`file:${folder}/abs/${path}`);
  expect(await readFile(join(folder, "kept", path), "utf8")).toBe("hello\n");
});

it.each(["s3://bucket/x", "https://user:secret@host/x", "file://host/share", "kept", "file:"])(
  "refuses a store that is not a folder: %s",
  (address) => {
    expect(() => openStore(address, "/repository")).toThrow(expect.objectContaining({ code: "UNSUPPORTED" }));
  },
);

it("does not repeat a password that stands in a store's address", () => {
  expect(() => openStore("https://user:hidden@host/x", "/repository")).toThrow(
    expect.objectContaining({ problems: [expect.objectContaining({ found: "https://…@host/x" })] }),
  );
});
