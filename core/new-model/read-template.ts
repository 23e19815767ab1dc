import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { ModelName } from "../../schemas/names.ts";
import { SlipwayError } from "../errors.ts";

/** The files of a new repository: path with `/`, relative to its root → content. */
export interface Template {
  model: string;
  files: Map<string, Buffer>;
}

/** What a run leaves beside an example's sources. */
const LEFT_BY_RUNS = new Set(["node_modules", ".venv", "__pycache__", ".slipway"]);

/**
 * Reads examples/<template> of Slipway's package, with its model renamed to `name` if one is given,
 * and the JSON Schemas that editors complete model.yaml and slipway.yaml from.
 * Rejects with USAGE for a name that no model can have.
 */
export async function readTemplate(packageRoot: string, template: string, name?: string): Promise<Template> {
  if (name !== undefined && !ModelName.safeParse(name).success)
    throw new SlipwayError("USAGE", "a model cannot have this name", {
      expected: "letters, digits, - and _, starting and ending with a letter or digit, as in churn-eu",
      found: name,
      hint: "choose another --name",
    });
  const root = path.join(packageRoot, "examples", template);
  const [example = template] = await readdir(path.join(root, "models"));
  const model = name ?? example;
  const files = new Map<string, Buffer>();
  for (const file of await listFiles(root)) {
    const content = await readFile(path.join(root, file));
    files.set(targetPath(file, example, model), isAbout(file) ? renamed(content, example, model) : content);
  }
  for (const schema of ["model-spec.json", "policy.json"])
    files.set(`.schemas/${schema}`, await readFile(path.join(packageRoot, "schemas", "json", schema)));
  return { model, files };
}

async function listFiles(folder: string, prefix = ""): Promise<string[]> {
  const entries = (await readdir(folder, { withFileTypes: true })).filter(({ name }) => !LEFT_BY_RUNS.has(name));
  const nested = entries.map((entry) =>
    entry.isDirectory()
      ? listFiles(path.join(folder, entry.name), `${prefix}${entry.name}/`)
      : [`${prefix}${entry.name}`],
  );
  return (await Promise.all(nested)).flat().sort();
}

function targetPath(file: string, example: string, model: string): string {
  // npm leaves every .gitignore out of a package, so it travels without its dot.
  if (file === "gitignore") return ".gitignore";
  return file.startsWith(`models/${example}/`) ? file.replace(`models/${example}/`, `models/${model}/`) : file;
}

/** What speaks of the model by its name. */
const isAbout = (file: string) => file.endsWith(".md") || file === "slipway.yaml";

/** The model's name in a README's paths and commands, and as a key of the policy. */
function renamed(content: Buffer, example: string, model: string): Buffer {
  const mention = new RegExp(`(models/|slipway [a-z]+ |\\{ )${example}\\b`, "g");
  return Buffer.from(content.toString("utf8").replace(mention, (_, before: string) => `${before}${model}`));
}
