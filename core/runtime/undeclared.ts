import { posix } from "node:path";
import { missingNames } from "./failure.ts";

/** What is known about the files that a command may have looked for. Paths are relative to the repository's root. */
export interface Declared {
  /** Every file of the repository. */
  repository: readonly string[];
  /** Those that the command was given. */
  exported: ReadonlySet<string>;
  /** The model's folder. */
  folder: string;
  /** The spec's `code:`; none where nothing but single files was given. */
  code: readonly string[];
  /** The spec's key that names what is given. */
  key?: "code" | "environment.lock";
  /** Where the exported tree lies on this machine. */
  tree: string;
}

/**
 * A hint for a command that could not find a file or a module: which key of the spec to add it to.
 * Undefined where its last lines name nothing that is missing.
 */
export function undeclaredHint(lines: readonly string[], declared: Declared): string | undefined {
  const missing = missingNames(lines);
  for (const { name } of missing) {
    const path = findInRepository(name, declared);
    if (path === undefined) continue;
    const undeclared = declared.code.every((entry) => !below(path, posix.join(declared.folder, entry)));
    if (undeclared) {
      const entry = posix.relative(declared.folder, path);
      return `${path} is in the repository, but user code sees only what the spec declares: add ${entry} (or its folder) to \`${declared.key ?? "code"}:\`.`;
    }
    return `${path} is data, and data is not in the code that user code sees: read the file that SLIPWAY_TRAIN_DATA or SLIPWAY_FEATURES names.`;
  }
  const module = missing.find(({ module }) => module);
  if (module && !/^[./]/.test(module.name)) {
    return `${module.name} is not installed where user code runs: let \`environment.setup\` install it (what is installed in your home folder is not seen).`;
  }
  return undefined;
}

function findInRepository(name: string, declared: Declared): string | undefined {
  const local = name.startsWith("file://") ? name.slice("file://".length) : name;
  const wanted = local.startsWith(`${declared.tree}/`)
    ? local.slice(declared.tree.length + 1)
    : posix.normalize(local).replace(/^(\.\.?\/)+/, "");
  if (wanted === "" || wanted === "." || wanted.startsWith("/")) return undefined;
  const dotted = /^[A-Za-z_][\w.]*$/.test(wanted) ? wanted.replaceAll(".", "/") : wanted;
  const names = [
    wanted,
    ...[".js", ".mjs", ".cjs", ".ts", ".json", "/index.js"].map((end) => `${wanted}${end}`),
    ...[".py", "/__init__.py"].map((end) => `${dotted}${end}`),
  ];
  const inFolder = names.map((candidate) => posix.join(declared.folder, candidate));
  const left = declared.repository.filter((path) => !declared.exported.has(path));
  const exact = left.find((path) => inFolder.includes(path) || names.includes(path));
  return exact ?? left.find((path) => names.some((candidate) => path.endsWith(`/${candidate}`)));
}

function below(path: string, prefix: string): boolean {
  const root = prefix.replace(/\/$/, "");
  return root === "." || path === root || path.startsWith(`${root}/`);
}
