import { mkdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sha256 } from "../../../core/canonical.ts";
import { checkRemoteData, lockRemoteData } from "../../../core/data/remote/lock.ts";
import { prepare, refusal, temporaryFolder, write } from "../setting.ts";
import { CSV, model, served, URI } from "./served.ts";

const ROW = (n: number) => `y,x\na,${n}\n`;

async function folderOf(files: Record<string, string>) {
  const folder = await temporaryFolder();
  await write(folder, files);
  return { folder, options: { cache: join(folder, ".cache"), access: { env: {} } } };
}

describe("a pattern of files", () => {
  it("becomes pinned files when it is locked, sorted by their bytes", async () => {
    const { folder, options } = await folderOf({ "b.csv": ROW(1), "B.csv": ROW(2), "x/a b.csv": ROW(3), "c.txt": "" });
    const pattern = `file://${folder}/**/*.csv`;
    expect(await lockRemoteData(model(pattern), options)).toEqual({
      slipway: 1,
      files: [
        { uri: `file://${folder}/B.csv`, of: pattern, sha256: sha256(ROW(2)), size: 8 },
        { uri: `file://${folder}/b.csv`, of: pattern, sha256: sha256(ROW(1)), size: 8 },
        { uri: `file://${folder}/x/a%20b.csv`, of: pattern, sha256: sha256(ROW(3)), size: 8 },
      ],
    });
  });

  it("is read by the lock alone: what came later is not there", async () => {
    const { folder, options } = await folderOf({ "a.csv": ROW(1), "b.csv": "y,x\nb,2\n" });
    const pattern = `file://${folder}/*.csv`;
    const lock = await lockRemoteData(model(pattern), options);
    await writeFile(join(folder, "c.csv"), ROW(3));
    const { test } = await prepare({ "t.csv": CSV }, { train: "t.csv", test: pattern, label: "y" }, {}, { lock });
    expect(test.files.map(({ path }) => path)).toEqual([`file://${folder}/a.csv`, `file://${folder}/b.csv`]);
  });

  it("as a prefix leaves out what is hidden by its name", async () => {
    const { folder, options } = await folderOf({
      "d/a.csv": ROW(1),
      "d/_SUCCESS": "",
      "d/.a.csv.crc": "",
      "d/_t/b.csv": "",
    });
    const lock = await lockRemoteData(model(`file://${folder}/d/`), options);
    expect(lock.files.map(({ uri }) => uri)).toEqual([`file://${folder}/d/a.csv`]);
  });

  it("is refused where it names nothing, with what was looked at", async () => {
    const { folder, options } = await folderOf({ "a.csv": ROW(1) });
    expect(await refusal(lockRemoteData(model(`file://${folder}/*.jsonl`), options))).toMatchObject({
      code: "DATA_MISSING",
      found: expect.stringContaining("none among 1"),
    });
  });

  it("is refused where it names more than ten thousand", async () => {
    const { folder, options } = await folderOf({});
    await mkdir(join(folder, "d"));
    for (let n = 0; n <= 10_000; n++) await writeFile(join(folder, "d", `${n}.csv`), "");
    expect(await refusal(lockRemoteData(model(`file://${folder}/d/*.csv`), options))).toMatchObject({
      code: "DATA_INVALID",
      expected: "at most 10000 files",
    });
  });

  it("follows no link: one that it names is refused, and no folder behind one is looked into", async () => {
    const { folder, options } = await folderOf({ "d/a.csv": ROW(1), "e/b.csv": ROW(2) });
    await symlink(join(folder, "e"), join(folder, "d/e"));
    const lock = await lockRemoteData(model(`file://${folder}/d/**/*.csv`), options);
    expect(lock.files).toHaveLength(1);
    await symlink(join(folder, "e/b.csv"), join(folder, "d/b.csv"));
    expect(await refusal(lockRemoteData(model(`file://${folder}/d/*.csv`), options))).toMatchObject({
      code: "DATA_MISSING",
      message: expect.stringContaining("/d/b.csv"),
    });
  });

  it("is refused where it names a file whose name could pass for another in a log", async () => {
    const { folder, options } = await folderOf({ "a\u001b[2K.csv": ROW(1) });
    expect(await refusal(lockRemoteData(model(`file://${folder}/*.csv`), options))).toMatchObject({
      code: "DATA_INVALID",
      found: expect.stringContaining("\\u001b"),
    });
  });
});

describe("slipway lock --check", () => {
  it("says by pattern what came, went and changed", async () => {
    const { folder, options } = await folderOf({ "a.csv": ROW(1), "b.csv": ROW(2), "c.csv": ROW(3) });
    const location = `file://${folder}/*.csv`;
    const lock = await lockRemoteData(model(location), options);
    expect(await checkRemoteData(model(location), options, lock)).toEqual([]);
    await writeFile(join(folder, "a.csv"), ROW(7));
    await rename(join(folder, "b.csv"), join(folder, "d.csv"));
    const at = (name: string) => `file://${folder}/${name}.csv`;
    expect(await checkRemoteData(model(location), options, lock)).toEqual([
      { location, added: [at("d")], gone: [at("b")], changed: [at("a")] },
    ]);
  });

  it("counts as gone what the spec names no more, and all files of a pattern that names nothing by now", async () => {
    const { folder, options } = await folderOf({ "a.csv": ROW(1) });
    const location = `file://${folder}/*.csv`;
    const lock = await lockRemoteData(model(location), options);
    await rm(join(folder, "a.csv"));
    const gone = { location, added: [], gone: [`file://${folder}/a.csv`], changed: [] };
    expect(await checkRemoteData(model(location), options, lock)).toEqual([gone]);
    await writeFile(join(folder, "a.csv"), ROW(1));
    const other = await checkRemoteData(model(`file://${folder}/a.csv`), options, lock);
    expect(other).toContainEqual(gone);
  });

  it("fetches nothing that the server says is the same", async () => {
    let sent = 0;
    const remote = await served((request, response) => {
      if (request.headers["if-none-match"] === '"v1"') return response.writeHead(304).end();
      sent += 1;
      return response.setHeader("etag", '"v1"').end(CSV);
    });
    const lock = await lockRemoteData(model(URI), remote);
    expect(await checkRemoteData(model(URI), remote, lock)).toEqual([]);
    expect(sent).toBe(1);
  });

  it("calls a file the same that a web server gives another version of the same bytes", async () => {
    let version = 0;
    const remote = await served((_, response) => response.setHeader("etag", `"${version++}"`).end(CSV));
    const lock = await lockRemoteData(model(URI), remote);
    expect(await checkRemoteData(model(URI), remote, lock)).toEqual([]);
  });
});
