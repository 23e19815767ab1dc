import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { canonicalJson, sha256 } from "../canonical.ts";
import type { LogWindow } from "./log-windows.ts";

const Kept = z.record(z.string(), z.string());
const MOST = 5_000;

/**
 * Windows whose files have no row of the stage: shadows alone, say. No record says so, since no version answered; so this machine
 * remembers it, to look once. Whatever is lost of it costs a look.
 */
export function emptyWindows(cache: string, { model, stage }: { model: string; stage: string }) {
  const file = join(cache, "empty-windows", `${sha256(`${model} ${stage}`)}.json`);
  const read = async (): Promise<z.infer<typeof Kept>> => {
    try {
      return Kept.parse(JSON.parse(await readFile(file, "utf8")));
    } catch {
      return {};
    }
  };
  const key = ({ from, to }: LogWindow["window"]) => `${from} ${to}`;
  return {
    async has({ window, digest }: LogWindow): Promise<boolean> {
      return (await read())[key(window)] === digest;
    },
    async add({ window, digest }: LogWindow): Promise<void> {
      const all = Object.entries({ ...(await read()), [key(window)]: digest }).sort();
      await mkdir(dirname(file), { recursive: true });
      const temporary = `${file}.${process.pid}`;
      await writeFile(temporary, canonicalJson(Object.fromEntries(all.slice(-MOST))));
      await rename(temporary, file);
    },
  };
}
