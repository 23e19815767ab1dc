import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { openNamedFolder } from "../../core/stores/file/named.ts";
import { testNamedStore } from "./named-store.ts";

async function makeFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), "slipway-named-"));
}

testNamedStore("a folder", async () => {
  const folder = await makeFolder();
  return { store: openNamedFolder(join(folder, "log")), close: () => rm(folder, { recursive: true }) };
});

async function inFolder(): Promise<string> {
  const folder = await makeFolder();
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

it("does not list what a killed writer left, and takes it away after a day", async () => {
  const folder = await inFolder();
  const store = openNamedFolder(folder);
  await store.put("penguins/20261129T16/a-1.parquet", Buffer.from("whole"));
  const left = join(folder, "penguins/20261129T16/.slipway-killed");
  await writeFile(left, "half");
  await utimes(left, new Date(0), new Date(0));
  expect(await store.list("penguins/")).toEqual(["penguins/20261129T16/a-1.parquet"]);
  await store.put("penguins/20261129T16/a-2.parquet", Buffer.from("whole"));
  await expect(rm(left)).rejects.toMatchObject({ code: "ENOENT" });
});

it("refuses a folder of the store that is a link to elsewhere", async () => {
  const folder = await inFolder();
  await mkdir(join(folder, "elsewhere"));
  await mkdir(join(folder, "log"));
  await symlink(join(folder, "elsewhere"), join(folder, "log/penguins"));
  const put = openNamedFolder(join(folder, "log")).put("penguins/h/a-1.parquet", Buffer.from("x"));
  await expect(put).rejects.toMatchObject({ code: "SYMLINK_REFUSED" });
});
