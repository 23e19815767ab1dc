import { z } from "zod";
import type { GitObjects } from "../../../core/git/objects.ts";
import type { Catalog, CatalogModel } from "../../../core/registry/catalog.ts";
import { Manifest } from "../../../schemas/manifest.ts";
import { Sha256 } from "../../../schemas/names.ts";
import { parsed, recordOf, recordTexts } from "../model-index/record-texts.ts";

/** A version that was trained or tested on a data set. */
export interface DataUser {
  model: CatalogModel;
  version: number;
  as: ("train" | "test")[];
}

interface UsedData {
  version: number;
  train?: string | undefined;
  test?: string | undefined;
}

const Digest = z.object({ sha256: Sha256 });
const Used = Manifest.pick({ version: true, imported: true }).extend({
  data: z.object({ train: Digest.optional(), test: Digest }),
});

const CHUNK = 500;
/** So many models are read for one page, if nobody asked before: about a second. */
const MOST_READ = 2_000;
const known = new WeakMap<CatalogModel, readonly UsedData[]>();

/**
 * Which models' newest and live versions use a data set. A model is read once for as long as nothing in its folder changes; `left`
 * models are still to be read: whoever asks again goes on.
 */
export async function dataUsers(
  objects: GitObjects,
  { models }: Catalog,
  sha256: string,
): Promise<{ users: DataUser[]; left: number }> {
  const missing = models.filter((model) => !known.has(model));
  const now = missing.slice(0, MOST_READ);
  for (let from = 0; from < now.length; from += CHUNK) await readUsed(objects, now.slice(from, from + CHUNK));
  const users = models.flatMap((model) =>
    (known.get(model) ?? []).flatMap(({ version, train, test }): DataUser[] => {
      const as = [...(train === sha256 ? (["train"] as const) : []), ...(test === sha256 ? (["test"] as const) : [])];
      return as.length === 0 ? [] : [{ model, version, as }];
    }),
  );
  return { users, left: missing.length - now.length };
}

async function readUsed(objects: GitObjects, models: readonly CatalogModel[]): Promise<void> {
  const asked = models.flatMap((model) => {
    const { latest_version, stages } = model.record;
    const versions = new Set([latest_version, ...Object.values(stages).map(({ version }) => version)]);
    return [...versions].filter((version) => version > 0).map((version) => ({ model, version }));
  });
  const texts = await recordTexts(
    objects,
    asked.map(({ model, version }) => recordOf(model, { kind: "version", model: model.name, version })),
  );
  const found = new Map<CatalogModel, UsedData[]>(models.map((model) => [model, []]));
  for (const [at, { model }] of asked.entries()) {
    const used = parsed(texts[at], (value) => Used.safeParse(value).data);
    if (used === undefined || used.imported) continue;
    const { version, data } = used;
    found.get(model)?.push({ version, train: data.train?.sha256, test: data.test.sha256 });
  }
  for (const [model, used] of found)
    known.set(
      model,
      used.sort((a, b) => b.version - a.version),
    );
}
