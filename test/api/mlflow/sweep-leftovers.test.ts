import { mkdir, readdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { sweepUploads } from "../../../api/mlflow/sweep-leftovers.ts";
import { temporaryFolder } from "../../registry/repositories.ts";

it("removes what a killed server left, and neither uploads nor what is under way", async () => {
  const folder = await temporaryFolder();
  await sweepUploads(folder);
  const old = new Date(Date.now() - 2 * 86_400_000);
  for (const name of [".partial/old", ".copies/old", ".partial/new", "0/old"]) {
    const file = join(folder, name);
    await mkdir(join(file, ".."), { recursive: true });
    await writeFile(file, "x");
    if (name.endsWith("old")) await utimes(file, old, old);
  }
  await sweepUploads(folder);
  expect((await readdir(folder, { recursive: true })).sort()).toEqual([
    ...[".copies", ".partial", ".partial/new", "0", "0/old"],
  ]);
});
