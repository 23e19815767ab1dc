import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmod,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { sha256 } from "../../core/canonical.ts";
import { openFolderStore } from "../../core/stores/file/folder.ts";
import { listFolder } from "../../core/stores/listing.ts";
import { openStore } from "../../core/stores/open/open-store.ts";
import { testArtifactStore } from "./artifact-store.ts";

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
  const source = new URL("../../core/stores/file/folder.ts", import.meta.url).href;
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

/** A file of four gigabytes that takes no room. */
async function large(folder: string): Promise<string> {
  const path = join(folder, "large");
  const file = await open(path, "wx");
  await file.truncate(4 * 1024 ** 3);
  await file.close();
  return path;
}

it("goes away at once from four gigabytes that it copies, and leaves nothing of them", async () => {
  const folder = await temporary();
  const root = join(folder, "store");
  const stop = new AbortController();
  let copied = 0;
  const onProgress = ({ done }: { done: number }) => {
    copied = done;
  };
  const file = await large(folder);
  const putting = openFolderStore(root, "file:store").putFile(file, { signal: stop.signal, onProgress });
  putting.catch(() => {});
  const temporaries = () => readdir(join(root, "tmp")).catch(() => []);
  while (copied === 0) await sleep(2);
  expect(await temporaries()).not.toEqual([]);
  stop.abort();
  const before = copied;
  await expect(putting).rejects.toMatchObject({ code: "INTERRUPTED" });
  expect(copied - before).toBeLessThan(64 * 1024 ** 2);
  expect(await temporaries()).toEqual([]);
  await expect(stat(join(root, "sha256"))).rejects.toMatchObject({ code: "ENOENT" });
});

it("goes away at once from four gigabytes that it checks", async () => {
  const folder = await temporary();
  const digest = "ab".repeat(32);
  await mkdir(join(folder, "store/sha256/ab"), { recursive: true });
  await rename(await large(folder), join(folder, "store/sha256/ab", digest));
  const stop = new AbortController();
  const object = { uri: "x", sha256: digest, size: 4 * 1024 ** 3 };
  const checking = openFolderStore(join(folder, "store"), "file:store").verify(object, { signal: stop.signal });
  setImmediate(() => stop.abort());
  await expect(checking).rejects.toMatchObject({ code: "INTERRUPTED" });
});

it("opens no pipe, no device and no link where an object should be, and waits for none", async () => {
  const folder = await temporary();
  const root = join(folder, "store");
  const store = openFolderStore(root, "file:store");
  await writeFile(join(folder, "a"), "hello\n");
  const stored = await store.putFile(join(folder, "a"));
  const place = join(root, "sha256", stored.sha256.slice(0, 2), stored.sha256);
  for (const make of [
    () => execFileSync("mkfifo", [place]),
    () => symlink(join(folder, "a"), place),
    () => symlink("/dev/zero", place),
    () => mkdir(place),
  ]) {
    await rm(place, { recursive: true, force: true });
    await make();
    expect([await store.has(stored), await store.verify(stored)]).toEqual(["missing", "missing"]);
    await expect(store.getFile(stored, join(folder, "out"))).rejects.toMatchObject({ code: "ARTIFACT_MISSING" });
  }
});

it.each(["sha256", "tmp"])("follows no link in the place of its folder %s", async (name) => {
  const folder = await temporary();
  const outside = join(folder, "outside");
  await mkdir(outside);
  await mkdir(join(folder, "store"));
  await symlink(outside, join(folder, "store", name));
  await writeFile(join(folder, "a"), "hello\n");
  const store = openFolderStore(join(folder, "store"), "file:store");
  await expect(store.putFile(join(folder, "a"))).rejects.toMatchObject({ code: "SYMLINK_REFUSED" });
  expect(await readdir(outside)).toEqual([]);
});

it("may be a link itself, as a store on another disk is", async () => {
  const folder = await temporary();
  await mkdir(join(folder, "big-disk"));
  await symlink(join(folder, "big-disk"), join(folder, "store"));
  await writeFile(join(folder, "a"), "hello\n");
  const store = openFolderStore(join(folder, "store"), "file:store");
  expect(await store.verify(await store.putFile(join(folder, "a")))).toBe("ok");
});

it.each([
  ["of this repository alone", "file:kept", false, "missing"],
  ["of each clone, though others' may be elsewhere", "file:kept", true, "STORE_UNREACHABLE"],
  ["that all share and that is not mounted here", "file:/nowhere/at/all", true, "STORE_UNREACHABLE"],
  ["of this machine alone, by its whole path", "file:/nowhere/at/all", false, "missing"],
])("tells what it means that bytes are not there, in a store %s", async (_, address, remote, told) => {
  const folder = await temporary();
  const store = openStore(address, folder, {}, { remote });
  const state = await store.has({ uri: "x", sha256: "0".repeat(64), size: 1 }).catch((error) => error.code);
  expect(state).toBe(told);
});

it("refuses a sparse file, which says more bytes than it holds", async () => {
  const folder = await temporary();
  await writeFile(join(folder, "weights.bin"), "");
  await truncate(join(folder, "weights.bin"), 5 * 1024 ** 3);
  await expect(listFolder(folder)).rejects.toMatchObject({
    code: "OUTPUT_TOO_LARGE",
    problems: [{ found: "a sparse file" }],
  });
});
