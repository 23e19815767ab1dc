import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { type TarFile, tarOf } from "../../core/stores/oci/tar.ts";

const file = (path: string, text: string): TarFile => ({
  path,
  size: Buffer.byteLength(text),
  async *open() {
    yield Buffer.from(text);
  },
});

async function tarred(files: TarFile[]): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of tarOf(files)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

it("is unpacked by tar itself, whatever the names", async () => {
  const folder = await mkdtemp(join(tmpdir(), "slipway-tar-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const names = [
    "models/a",
    `models/${"long/".repeat(40)}name`,
    "models/ü ö.bin",
    "models/line\nbreak",
    "models/empty",
  ];
  const files = names.map((name) => file(name, name === "models/empty" ? "" : `text of ${name}`));
  await writeFile(join(folder, "x.tar"), await tarred(files));
  execFileSync("tar", ["-xf", "x.tar"], { cwd: folder });
  for (const name of names.slice(0, -1)) expect(await readFile(join(folder, name), "utf8")).toBe(`text of ${name}`);
  expect((await stat(join(folder, "models/empty"))).size).toBe(0);
});

it("is the same bytes each time", async () => {
  const make = () => tarred([file("models/a/b", "x"), file("models/a/c", "y")]);
  expect((await make()).equals(await make())).toBe(true);
});

it("is not made of a file that changed meanwhile", async () => {
  await expect(tarred([{ ...file("a", "four"), size: 3 }])).rejects.toMatchObject({ code: "STORE_FAILED" });
});
