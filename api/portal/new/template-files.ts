import { readTemplate } from "../../../core/new-model/read-template.ts";
import type { TemplateName } from "../../../core/new-model/templates.ts";
import type { SourceTree } from "../../../core/source/tree.ts";

/** What a repository lacks of a template's files, by their paths there. Its README is about a repository of its own. */
export async function missingOf(
  packageRoot: string,
  template: TemplateName,
  { name, folder, tree }: { name: string; folder: string; tree: Pick<SourceTree, "blobs"> },
): Promise<Map<string, string>> {
  const { files } = await readTemplate(packageRoot, template, name);
  const placed = [...files].flatMap(([path, content]): [string, string][] =>
    path === "README.md" ? [] : [[path.replace(`models/${name}/`, `${folder}/`), content.toString("utf8")]],
  );
  const there = await tree.blobs(placed.map(([path]) => path));
  return new Map(placed.filter((_, at) => there[at] === undefined));
}
