import { posix } from "node:path";
import type { Problem } from "../../schemas/problem.ts";
import type { SourceTree } from "../source/tree.ts";
import { diagnosticsOf } from "../spec/diagnostics.ts";
import { globTest, repositoryPath } from "../spec/paths.ts";
import type { YamlFile } from "../spec/yaml.ts";
import { lockFiles, type ModelInputs } from "./inputs.ts";

const READ_BYTES = 1 << 20;

/** What installers read beside their command line, where it is there: a row each. */
const INSTALLERS: readonly { command: RegExp; reads: readonly string[] }[] = [
  {
    command: /^npm (?:.* )?(?:ci|install|i)(?: -\S+)*$/,
    reads: ["package.json", "package-lock.json", "npm-shrinkwrap.json", ".npmrc"],
  },
  { command: /^yarn(?: install)?(?: -\S+)*$/, reads: ["package.json", "yarn.lock", ".yarnrc.yml", ".yarnrc"] },
  {
    command: /^pnpm (?:install|i)(?: -\S+)*$/,
    reads: ["package.json", "pnpm-lock.yaml", "pnpm-workspace.yaml", ".npmrc"],
  },
  { command: /^uv sync\b/, reads: ["pyproject.toml", "uv.lock", "uv.toml", ".python-version"] },
  { command: /^poetry (?:install|sync)\b/, reads: ["pyproject.toml", "poetry.lock", "poetry.toml"] },
  { command: /^pdm (?:install|sync)\b/, reads: ["pyproject.toml", "pdm.lock"] },
  { command: /^pipenv (?:install|sync)\b/, reads: ["Pipfile", "Pipfile.lock"] },
  { command: /^pixi install\b/, reads: ["pixi.toml", "pixi.lock"] },
  { command: /^(?:conda|mamba|micromamba) env create\b/, reads: ["environment.yml"] },
  { command: /renv::restore/, reads: ["renv.lock"] },
];

/**
 * What a model's setup command names and `environment.lock` does not: setup sees the lock's files and nothing else, so it
 * would not find them. Looked at are the command's words, what its installer reads by itself, and what requirement files and
 * package.json name further. Nothing is looked at where the lock itself is wrong: who reads it tells.
 */
export async function lookAtSetup(
  model: ModelInputs & Pick<YamlFile, "position"> & { path: string },
  tree: SourceTree,
): Promise<Problem[]> {
  const { folder, spec, path } = model;
  const setup = spec.environment?.setup;
  if (setup === undefined) return [];
  const report = diagnosticsOf(path, model);
  const locks = await lockFiles(model, tree).catch(() => undefined);
  if (locks === undefined) return [];
  const seen = new Set(locks.map((entry) => entry.path));
  const listed = (await tree.list()).map((entry) => entry.path);
  const files = new Set(listed);
  const told = new Set<string>();

  const tell = (place: string, by: string) => {
    if (told.has(place)) return;
    told.add(place);
    const name = posix.relative(folder, place) || ".";
    report.problem(["environment", "setup"], "SPEC_INVALID", `${by} ${place}, and setup does not see it`, {
      expected: "every file that setup reads, under environment.lock",
      found: seen.size === 0 ? "nothing under environment.lock" : [...seen].slice(0, 10).join(", "),
      hint: `add ${name} to environment.lock`,
    });
  };
  /** A file has to be seen; of a folder to install, something. */
  const need = (place: string, by: string) => {
    if (files.has(place)) {
      if (!seen.has(place)) tell(place, by);
      return;
    }
    const below = (each: string) => place === "" || each.startsWith(`${place}/`);
    const isCode = (each: string) =>
      below(each) && !/(^|\/)(pyproject\.toml|setup\.(py|cfg)|package\.json)$/.test(each);
    if (listed.some(below) && ![...seen].some(isCode)) tell(place, by);
  };

  for (const { base, words } of commandsOf(setup, folder)) {
    const line = words.join(" ");
    const installer = INSTALLERS.find(({ command }) => command.test(line));
    for (const name of installer?.reads ?? []) {
      const place = posix.join(base, name);
      if (files.has(place)) need(place, `${words.slice(0, 2).join(" ")} reads`);
    }
    const installs = /\b(?:pip3?|uv pip) install\b|\bR CMD INSTALL\b/.test(line);
    for (const word of words.slice(1).flatMap(asPaths)) {
      const place = repositoryPath(base, word);
      if (place === undefined) continue;
      if (files.has(place) || (installs && /^\.{1,2}(\/|$)|\/$/.test(word))) need(place, "the command names");
    }
    const [first = ""] = words;
    const program = first.includes("/") ? repositoryPath(base, first) : undefined;
    if (program !== undefined && files.has(program)) need(program, "the command runs");
  }
  for (const place of seen) {
    for (const further of await namedIn(place, tree, listed)) need(further, `${place} names`);
  }
  return report.problems;
}

/** The simple commands of a shell line, each with the folder that `cd` has led to. */
function commandsOf(setup: string, folder: string): { base: string; words: string[] }[] {
  let base = folder;
  return setup.split(/&&|\|\||[;|&\n(){}]/).flatMap((part) => {
    const words = part
      .trim()
      .split(/\s+/)
      .map((word) => word.replaceAll(/["']/g, ""))
      .filter((word) => word !== "");
    while (words[0] !== undefined && /^\w+=/.test(words[0])) words.shift();
    if (words[0] === "cd") base = repositoryPath(base, words[1] ?? "") ?? base;
    return words.length === 0 || words[0] === "cd" ? [] : [{ base, words }];
  });
}

/** A word of a command as the paths that it may be: as it is, behind `=`, and behind `-r`. */
function asPaths(word: string): string[] {
  const value = /^--?[\w-]+=(.+)$/.exec(word)?.[1] ?? /^-[rcf](.+)$/.exec(word)?.[1];
  const path = (value ?? word).replace(/^file:(\/\/)?/, "").replace(/\[[\w,-]*\]$/, "");
  return word.startsWith("-") && value === undefined ? [] : [path];
}

/** What a requirements file or a package.json names besides itself, as paths of the repository. */
async function namedIn(place: string, tree: SourceTree, listed: readonly string[]): Promise<string[]> {
  const base = posix.dirname(place) === "." ? "" : posix.dirname(place);
  const inside = (text: string) => repositoryPath(base, text) ?? [];
  const text = async () => (await tree.read(place, READ_BYTES).catch(() => undefined))?.toString("utf8") ?? "";
  if (/(requirements|constraints)[^/]*\.(txt|in)$/.test(place)) {
    return (await text()).split("\n").flatMap((line) => {
      const option = /^\s*(?:-r|-c|-e|--requirement|--constraint|--editable)[ =]?\s*(\S+)/.exec(line)?.[1];
      const local = option ?? /^\s*(?:\S+ ?@ ?)?((?:file:|\.{1,2}\/)\S+)/.exec(line)?.[1];
      return local === undefined || /^\w+\+?\w*:\/\/(?!\/)/.test(local) ? [] : asPaths(local).flatMap(inside);
    });
  }
  if (posix.basename(place) !== "package.json") return [];
  const { workspaces, ...rest } = parsedOrNone(await text());
  const globs = [workspaces, (workspaces as { packages?: unknown } | undefined)?.packages].flat();
  const packages = globs.flatMap((glob) => {
    if (typeof glob !== "string") return [];
    const test = globTest(posix.join(base, glob, "package.json"));
    return listed.filter((path) => path !== place && test(path));
  });
  const links = ["dependencies", "devDependencies", "optionalDependencies"].flatMap((kind) =>
    Object.values((rest[kind] ?? {}) as Record<string, unknown>).flatMap((version) =>
      typeof version === "string" && /^(file|link):/.test(version) ? inside(version.replace(/^\w+:/, "")) : [],
    ),
  );
  return [...packages, ...links];
}

function parsedOrNone(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
