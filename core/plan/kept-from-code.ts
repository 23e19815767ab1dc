import type { SourceTree } from "../source/tree.ts";
import { globTest, locationKind, repositoryPath } from "../spec/paths.ts";
import { modelsFolder } from "../spec/policy-rules.ts";
import { MAX_YAML_BYTES, readYaml } from "../spec/yaml.ts";

/** A model's folder, with its spec's bytes; undefined if they cannot be read. */
interface SpecFile {
  folder: string;
  bytes: Buffer | undefined;
}

type Test = (path: string) => boolean;

/** A tree is opened for one command: what its specs say is read once. */
const known = new WeakMap<SourceTree, Promise<SpecFile[]>>();

/**
 * What the user code of the model in `own` never gets, whatever `code:` or `lock:` name: the data files of every other model
 * of the repository, specs and locks of data, and what is in .git or .slipway. `roots` are the paths that are asked for;
 * only specs that can name a file there are read closely. Of a spec that cannot be read the whole folder counts as data.
 */
export async function keptFromCode(tree: SourceTree, own: string, roots: readonly string[]): Promise<Test> {
  const found = known.get(tree) ?? specFiles(tree);
  known.set(tree, found);
  const all = await found;
  const others = all.filter(({ folder }) => folder !== own);
  const near = others.filter(({ folder, bytes }) => reaches(bytes) || roots.some((root) => overlap(root, folder)));
  const data = near.flatMap(dataTests);
  const specs = new Set([own, ...all.map(({ folder }) => folder)].flatMap((folder) => besideData(folder)));
  return (path) => /(^|\/)\.(git|slipway)(\/|$)/i.test(path) || specs.has(path) || data.some((test) => test(path));
}

const besideData = (folder: string) => ["model.yaml", "data.lock.json"].map((name) => inFolder(folder, name));
const inFolder = (folder: string, name: string) => (folder === "" ? name : `${folder}/${name}`);

/**
 * The specs of a repository: what is called model.yaml in a folder of the models' folder, and elsewhere what says
 * `slipway:`, so that a policy that names another folder uncovers nothing.
 */
async function specFiles(tree: SourceTree): Promise<SpecFile[]> {
  const policy = await tree.read("slipway.yaml", MAX_YAML_BYTES).catch(() => undefined);
  const said = policy && (readYaml(policy, "slipway.yaml").value as { models?: unknown } | undefined)?.models;
  const models = modelsFolder({ slipway: 1, ...(typeof said === "string" ? { models: said } : {}) });
  const paths = (await tree.list())
    .map(({ path }) => path)
    .filter((path) => /(^|\/)model\.yaml$/.test(path) && (tree.holds?.(path) ?? true));
  const all = await tree.readMany(paths, MAX_YAML_BYTES).catch(() => undefined);
  const specs: SpecFile[] = [];
  for (const [i, path] of paths.entries()) {
    const bytes = all === undefined ? await tree.read(path, MAX_YAML_BYTES).catch(() => undefined) : all[i];
    const folder = path.slice(0, Math.max(0, path.lastIndexOf("/")));
    const isModels = folder.startsWith(`${models}/`) && !folder.slice(models.length + 1).includes("/");
    if (isModels || (bytes !== undefined && /^["']?slipway["']? *:/m.test(bytes.toString("latin1")))) {
      specs.push({ folder, bytes });
    }
  }
  return specs;
}

/** Whether a spec's text can name a path outside of its folder: it must write `..` or an escape. */
function reaches(bytes: Buffer | undefined): boolean {
  return bytes === undefined || bytes.includes("..") || bytes.includes("\\");
}

function overlap(a: string, b: string): boolean {
  return a === "" || a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`);
}

/** The places of a spec's data, as far as its text can be understood: another problem in it must not uncover them. */
function dataTests({ folder, bytes }: SpecFile): Test[] {
  const value = bytes && readYaml(bytes, `${folder}/model.yaml`).value;
  if (typeof value !== "object" || value === null) return [(path) => overlap(path, folder)];
  const data: unknown = (value as { data?: unknown }).data;
  if (typeof data !== "object" || data === null) return [];
  return ["train", "test", "source", "labels"].flatMap((role) =>
    [(data as Record<string, unknown>)[role] ?? []].flat().flatMap((text) => {
      if (typeof text !== "string" || locationKind(text) === "uri") return [];
      const place = repositoryPath(folder, text);
      if (place === undefined) return [];
      return locationKind(place) === "glob" ? [globTest(place)] : [(path: string) => path === place];
    }),
  );
}
