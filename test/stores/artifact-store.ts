import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { canonicalJson, sha256 } from "../../core/canonical.ts";
import type { ArtifactStore, Progress, PutOptions } from "../../core/stores/store.ts";
import type { Artifact, StoredFile } from "../../schemas/manifest.ts";
import { testOnServer } from "./store-on-server.ts";
import type { Wire } from "./wire.ts";

export interface StoreUnderTest {
  store: ArtifactStore;
  /** Spoils or deletes the bytes of one object behind the store's back. */
  spoil(digest: string): Promise<void>;
  remove(digest: string): Promise<void>;
  /** Between the store and its server, where it has one. */
  wire?: Wire;
  /** The credentials that were good so far are refused from now on. */
  expire?(): void;
  close?(): Promise<void>;
}

interface StoreKind {
  /** It is on a server: `make` gives the wire to it. */
  remote?: boolean;
  /** Putting bytes again replaces spoilt ones. */
  mends?: boolean;
  /** Whether it gets new credentials by itself once the old ones are refused. */
  renews?: boolean;
}

/** What every ArtifactStore promises. `make` opens an empty one. */
export function testArtifactStore(
  name: string,
  make: (folder: string) => Promise<StoreUnderTest>,
  { remote = false, mends = !remote, renews = false }: StoreKind = {},
): void {
  describe(`artifact store: ${name}`, () => {
    let folder: string;
    let under: StoreUnderTest;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), "slipway-store-"));
      await mkdir(join(folder, "model/deep"), { recursive: true });
      await writeFile(join(folder, "model/weights.bin"), Buffer.from([0, 255, 10, 13]));
      await writeFile(join(folder, "model/deep/notes.txt"), "hello\n");
      await writeFile(join(folder, "model/empty"), "");
      under = await make(join(folder, "store"));
    });
    afterEach(async () => {
      await under.close?.();
      await rm(folder, { recursive: true, force: true });
    });
    const put = () => under.store.putFolder(join(folder, "model"));

    it("gives a folder back byte by byte", async () => {
      await under.store.getFolder(await put(), join(folder, "out"));
      expect(await readFile(join(folder, "out/weights.bin"))).toEqual(Buffer.from([0, 255, 10, 13]));
      expect(await readFile(join(folder, "out/deep/notes.txt"), "utf8")).toBe("hello\n");
      expect(await readFile(join(folder, "out/empty"), "utf8")).toBe("");
    });

    it("addresses a folder by the digest of its sorted list of files", async () => {
      const artifact = await put();
      expect(artifact.files.map((file) => file.path)).toEqual(["deep/notes.txt", "empty", "weights.bin"]);
      expect(artifact.sha256).toBe(sha256(canonicalJson(artifact.files)));
      expect(artifact.size).toBe(10);
    });

    it("puts the same folder twice as one", async () => {
      expect(await put()).toEqual(await put());
    });

    it("takes the same folder from several writers at once", async () => {
      const artifacts = await Promise.all([put(), put(), put(), put()]);
      expect(new Set(artifacts.map((artifact) => artifact.sha256)).size).toBe(1);
      expect(await under.store.verify(artifacts[0] as Artifact)).toBe("ok");
    });

    it("gives a file back, by its digest", async () => {
      const stored = await under.store.putFile(join(folder, "model/deep/notes.txt"));
      await under.store.getFile(stored, join(folder, "copy"));
      expect(stored).toMatchObject({ sha256: sha256("hello\n"), size: 6 });
      expect(await readFile(join(folder, "copy"), "utf8")).toBe("hello\n");
    });

    it("tells by names and sizes what is there", async () => {
      const artifact = await put();
      const file = await under.store.putFile(join(folder, "model/deep/notes.txt"));
      expect([await under.store.has(artifact), await under.store.has(file)]).toEqual(["ok", "ok"]);
      expect(await under.store.has({ ...file, size: 5 })).toBe("corrupt");
      await under.remove(sha256("hello\n"));
      expect([await under.store.has(artifact), await under.store.has(file)]).toEqual(["missing", "missing"]);
    });

    it("misses a folder whose list is gone, though its files are there", async () => {
      const artifact = await put();
      await under.remove(artifact.sha256);
      expect([await under.store.has(artifact), await under.store.verify(artifact)]).toEqual(["missing", "missing"]);
    });

    it("does nothing more once it is interrupted", async () => {
      const artifact = await put();
      const signal = AbortSignal.abort();
      const { store } = under;
      const interrupted = { code: "INTERRUPTED" };
      await expect(store.putFolder(join(folder, "model"), { signal })).rejects.toMatchObject(interrupted);
      await expect(store.getFolder(artifact, join(folder, "out"), { signal })).rejects.toMatchObject(interrupted);
      await expect(store.has(artifact, { signal })).rejects.toMatchObject(interrupted);
      await expect(store.verify(artifact, { signal })).rejects.toMatchObject(interrupted);
      await expect(readFile(join(folder, "out/empty"))).rejects.toMatchObject({ code: "ENOENT" });
    });

    it("refuses to hand out a file whose bytes have changed, and leaves nothing of it", async () => {
      const artifact = await put();
      await under.spoil(sha256("hello\n"));
      await expect(under.store.getFolder(artifact, join(folder, "out"))).rejects.toMatchObject({
        code: "ARTIFACT_CORRUPT",
      });
      await expect(readFile(join(folder, "out/deep/notes.txt"))).rejects.toMatchObject({ code: "ENOENT" });
      expect(await under.store.verify(artifact)).toBe("corrupt");
    });

    if (mends)
      it("is mended by putting the same bytes again", async () => {
        const artifact = await put();
        await under.spoil(sha256("hello\n"));
        await put();
        expect(await under.store.verify(artifact)).toBe("ok");
      });

    it("says that an object is missing", async () => {
      const artifact = await put();
      await under.remove(sha256("hello\n"));
      await expect(under.store.getFolder(artifact, join(folder, "out"))).rejects.toMatchObject({
        code: "ARTIFACT_MISSING",
      });
      expect(await under.store.verify(artifact)).toBe("missing");
      const unknown: StoredFile = { uri: "x", sha256: sha256("never put"), size: 9 };
      await expect(under.store.getFile(unknown, join(folder, "copy"))).rejects.toMatchObject({
        code: "ARTIFACT_MISSING",
      });
    });

    it.each(["../evil", "/evil", "a/../../evil", "a//b", "a\\..\\evil", ".", ""])(
      "refuses a record whose path leaves the folder: %j",
      async (path) => {
        const files = [{ path, sha256: sha256("hello\n"), size: 6 }];
        await put();
        const forged: Artifact = { uri: "x", sha256: sha256(canonicalJson(files)), size: 6, files };
        await expect(under.store.getFolder(forged, join(folder, "out"))).rejects.toMatchObject({
          code: "ARTIFACT_CORRUPT",
        });
      },
    );

    it("refuses a record whose list of files was changed", async () => {
      const artifact = await put();
      const forged = { ...artifact, files: artifact.files.slice(1), size: 4 };
      await expect(under.store.getFolder(forged, join(folder, "out"))).rejects.toMatchObject({
        code: "ARTIFACT_CORRUPT",
      });
    });

    it("takes files with names that need care, and ten equal ones", async () => {
      const names = ["a b.txt", "ü.bin", "line\nbreak", "-dash", "deep/er/than/this/one", "%2e%2e"];
      const odd = join(folder, "odd");
      for (const path of [...names, ...Array.from({ length: 10 }, (_, at) => `same-${at}`)]) {
        await mkdir(join(odd, path, ".."), { recursive: true });
        await writeFile(join(odd, path), names.includes(path) ? path : "same");
      }
      const artifact = await under.store.putFolder(odd);
      await under.store.getFolder(artifact, join(folder, "out"));
      for (const path of names) expect(await readFile(join(folder, "out", path), "utf8")).toBe(path);
      expect(await readFile(join(folder, "out/same-9"), "utf8")).toBe("same");
      expect(await under.store.verify(artifact)).toBe("ok");
    });

    it("takes an empty folder", async () => {
      await mkdir(join(folder, "nothing"));
      const artifact = await under.store.putFolder(join(folder, "nothing"));
      await under.store.getFolder(artifact, join(folder, "out"));
      expect(await readdir(join(folder, "out"))).toEqual([]);
      expect([artifact.size, await under.store.verify(artifact)]).toEqual([0, "ok"]);
    });

    it.each([
      [0, 2, "he"],
      [2, 4, "ll"],
      [4, undefined, "o\n"],
      [4, 99, "o\n"],
      [6, 9, ""],
      [3, 3, ""],
    ])("reads the bytes from %s to %s", async (start, end, expected) => {
      const stored = await under.store.putFile(join(folder, "model/deep/notes.txt"));
      expect(await textOf(under.store.read(stored, { start, end }))).toBe(expected);
    });

    it("checks the digest of a file that is read to its end", async () => {
      const stored = await under.store.putFile(join(folder, "model/deep/notes.txt"));
      expect(await textOf(under.store.read(stored))).toBe("hello\n");
      await under.spoil(stored.sha256);
      await expect(textOf(under.store.read(stored))).rejects.toMatchObject({ code: "ARTIFACT_CORRUPT" });
    });

    it("tells how many bytes went by, and never counts back", async () => {
      const telling = async <T>(act: (options: PutOptions) => Promise<T>): Promise<T> => {
        const told: Progress[] = [];
        const made = await act({ onProgress: (progress) => void told.push(progress) });
        expect(told.at(-1)).toEqual({ done: 10, total: 10 });
        expect(told).toEqual(told.toSorted((a, b) => a.done - b.done));
        return made;
      };
      const artifact = await telling((options) => under.store.putFolder(join(folder, "model"), options));
      await telling((options) => under.store.getFolder(artifact, join(folder, "out"), options));
    });

    it("lists what it holds, and removes what nobody put since", async () => {
      const artifact = await put();
      const stored = await under.store.putFile(join(folder, "model/deep/notes.txt"));
      const { store } = under;
      const listed = await allOf(store.list());
      expect(listed.flatMap(({ is }) => is)).toEqual(expect.arrayContaining([artifact.sha256, stored.sha256]));
      const later = new Date(Date.now() + 3 * 24 * 60 * 60 * 1_000);
      for (const each of listed) {
        expect(each.put.getTime()).toBeGreaterThan(Date.now() - 60_000);
        expect(await store.remove(each, new Date(0))).toEqual({ outcome: "young" });
      }
      expect(await store.verify(artifact)).toBe("ok");
      for (const each of listed) expect(await store.remove(each, later)).toEqual({ outcome: "removed" });
      expect(await allOf(store.list())).toEqual([]);
      expect(await store.verify(await put())).toBe("ok");
    });

    it("refuses a symbolic link in a folder, with its path", async () => {
      await symlink("/etc/passwd", join(folder, "model/link"));
      await expect(put()).rejects.toMatchObject({
        code: "SYMLINK_REFUSED",
        message: expect.stringContaining('"link"'),
      });
    });

    if (remote) testOnServer(() => ({ under, folder }), { renews });
  });
}

async function textOf(chunks: AsyncIterable<Buffer>): Promise<string> {
  return Buffer.concat(await allOf(chunks)).toString("utf8");
}

async function allOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
