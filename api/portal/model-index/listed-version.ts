import type { GitObjects } from "../../../core/git/objects.ts";
import type { CatalogModel } from "../../../core/registry/catalog.ts";
import { folderInside, modelFolder, parsePathOf } from "../../../core/registry/paths.ts";
import { Evaluation } from "../../../schemas/evaluation.ts";
import { Manifest } from "../../../schemas/manifest.ts";
import type { VersionEvaluation } from "../../../schemas/version-evaluation.ts";
import { parsed, recordOf, recordTexts } from "./record-texts.ts";

const Evaluated = Evaluation.pick({ metrics: true });

/** What lists show of a version: its manifest without files, data and environment, of which there may be much. */
const ListedVersion = Manifest.pick({
  ...{ version: true, description: true, source: true, gates: true, imported: true },
  ...{ registered_at: true, registered_by: true },
}).extend({ evaluation: Evaluated });
export type ListedVersion = ReturnType<typeof ListedVersion.parse>;

interface Asked {
  model: CatalogModel;
  version: number;
}

/** So many are in memory at once, whole. */
const CHUNK = 200;

/** Versions in the order asked; undefined where there is none, or none that can be read: `verify` says why. */
export async function listedVersions(
  objects: GitObjects,
  asked: readonly Asked[],
): Promise<(ListedVersion | undefined)[]> {
  const shown: (ListedVersion | undefined)[] = [];
  for (let from = 0; from < asked.length; from += CHUNK) {
    const chunk = asked.slice(from, from + CHUNK);
    const paths = chunk.map(({ model, version }) => recordOf(model, { kind: "version", model: model.name, version }));
    const texts = await recordTexts(objects, paths);
    const read = texts.map((text) => parsed(text, (value) => ListedVersion.safeParse(value).data));
    shown.push(...(await Promise.all(read.map((each, at) => withLastEvaluation(objects, chunk[at] as Asked, each)))));
  }
  return shown;
}

/** Of one that was imported, its newest evaluation is what counts. */
async function withLastEvaluation(
  objects: GitObjects,
  { model, version }: Asked,
  shown: ListedVersion | undefined,
): Promise<ListedVersion | undefined> {
  if (shown?.imported === undefined) return shown;
  const folder = folderInside("evaluation");
  const items = (await objects.tree(`${model.folder}:${folder}`)) ?? [];
  const numbers = items.flatMap(({ name }) => {
    const at = parsePathOf("evaluation", `${modelFolder(model.name)}/${folder}/${name}`);
    return at?.version === version ? [at.number] : [];
  });
  if (numbers.length === 0) return shown;
  const at = { kind: "evaluation", model: model.name, version, number: Math.max(...numbers) } as const;
  const [text] = await recordTexts(objects, [recordOf(model, at)]);
  const evaluation = parsed(text, (value) => Evaluated.safeParse((value as VersionEvaluation | null)?.evaluation).data);
  return evaluation === undefined ? shown : { ...shown, evaluation };
}
