import { readFile } from "node:fs/promises";
import { join } from "node:path";

const PROGRAM = ["table.mjs", "model.mjs", "train.mjs", "predict.mjs", "serve.mjs"];

/** The programs that a model of a table starts with: Node alone, and nothing to install. By their names beside the spec. */
export async function programFiles(packageRoot: string): Promise<Record<string, string>> {
  const folder = join(packageRoot, "core/new-model/program");
  const read = PROGRAM.map(async (name) => [name, await readFile(join(folder, name), "utf8")] as const);
  return Object.fromEntries(await Promise.all(read));
}
