import { constants } from "node:fs";
import { cp, mkdir, mkdtemp } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import type { ModelSpec } from "../../../schemas/model-spec.ts";
import type { Ended, Executor } from "../../executors/executor.ts";
import { HOME, TEMPORARY, userEnvironment } from "../../runtime/environment.ts";
import { linkEnvironment } from "../../runtime/environment-links.ts";
import { removeTree } from "../../runtime/remove-tree.ts";
import { undeclaredHint } from "../../runtime/undeclared.ts";
import type { WorkFolder } from "../../runtime/work-folder.ts";
import type { SourceTree } from "../../source/tree.ts";
import { runCommand } from "./run-command.ts";

/** A model's code with its prepared environment: what stays the same from step to step. */
export interface UserCode {
  spec: ModelSpec;
  /** The model's folder, relative to the repository's root. */
  folder: string;
  tree: SourceTree;
  /** The files that user code sees, and all files of the repository (for hints). */
  files: readonly string[];
  repository: readonly string[];
  links: readonly { path: string; target: string }[];
  /** Rejects with ENVIRONMENT_CHANGED where the prepared environment is no longer what setup made. */
  verifyEnvironment(): Promise<void>;
  work: WorkFolder;
  caller: Readonly<Record<string, string | undefined>>;
  /** Variables of the caller that the policy lets a spec hand on. */
  passable: readonly string[];
  executor: Executor;
  onOutput?: ((text: string) => void) | undefined;
  signal?: AbortSignal | undefined;
}

export interface UserCommand {
  command: string;
  timeoutMs: number;
  timeoutKey: string;
  /** SLIPWAY_ variables: places in the step's folder, relative to it, and other values. */
  paths: Readonly<Record<string, string>>;
  values?: Readonly<Record<string, string>> | undefined;
  log: string;
  secrets?: readonly string[] | undefined;
}

/** A data file together with the folder that goes along with it: the files that its rows name lie there. */
export interface DataFile {
  folder: string;
  file: string;
}

/** A file of PreparedData: the part of the data's `work` folder that the file lies in goes along with it. */
export function dataFile(work: string, file: string): DataFile {
  const [part = ""] = relative(work, file).split(sep);
  return { folder: join(work, part), file };
}

/**
 * Brings a data file, with what goes along with it, into a folder that does not exist yet; resolves to the file's path in
 * there. What it brings is a copy: user code may write to it.
 */
export type GivenData = (folder: string) => Promise<string>;

export function copied({ folder, file }: DataFile): GivenData {
  return async (target) => {
    await cp(folder, target, { recursive: true, mode: constants.COPYFILE_FICLONE });
    return relative(folder, file);
  };
}

/** Where in a step's folder MLflow's client logs. */
export const TRACKING = "tracking";

/** A step's own folder: beside the exported tree lies what the step reads and writes, and nothing of other steps. */
export interface StepFolder {
  path: string;
  /** Brings data into the folder as `name`; resolves to the file's path relative to the folder. */
  bring(data: GivenData, name: string): Promise<string>;
  run(command: UserCommand): Promise<Ended>;
}

/** What a program's last lines say of a file or a module that it did not find: see undeclaredHint. */
export function codeHint(code: UserCode, tree: string, lines: readonly string[]): string | undefined {
  const { repository, files, folder, spec } = code;
  return undeclaredHint(lines, { repository, exported: new Set(files), folder, code: spec.code ?? ["."], tree });
}

/** Exports a fresh tree, links the environment into it, hands both to `act`, and removes all of it at the end. */
export async function withStepFolder<T>(code: UserCode, act: (step: StepFolder) => Promise<T>): Promise<T> {
  const path = await mkdtemp(join(code.work.open, "step-"));
  try {
    const tree = await bringCode(code, path);
    return await act({
      path,
      bring: async (data, name) => join(name, await data(join(path, name))),
      run: async ({ paths, values, timeoutMs, secrets, ...command }) => {
        const { spec, caller, passable, work, executor, onOutput, signal } = code;
        const { leftOut: _, ...environment } = userEnvironment({
          ...{ spec: spec.environment, caller, passable, paths, values, secrets: secrets ?? [] },
          tracking: TRACKING,
        });
        const result = await runCommand(executor, {
          ...{ ...command, ...environment, folder: path, cwd: join("tree", code.folder), mark: work.mark },
          ...{ image: spec.environment?.image, limits: { timeoutMs }, onOutput, signal },
          explain: (lines) => codeHint(code, tree, lines),
        }).catch(async (error: unknown) => {
          // The command's own failure says more; an environment that it changed goes all the same.
          await code.verifyEnvironment().catch(() => {});
          throw error;
        });
        await code.verifyEnvironment();
        return result;
      },
    });
  } finally {
    await removeTree(path);
  }
}

/** Exports a fresh tree into a folder, with the environment linked into it, beside an empty home; resolves to the tree's path. */
export async function bringCode(code: UserCode, path: string): Promise<string> {
  const tree = join(path, "tree");
  await code.tree.export(code.files, tree);
  for (const folder of [join("tree", code.folder), HOME, TEMPORARY])
    await mkdir(join(path, folder), { recursive: true });
  await linkEnvironment(tree, code.links);
  return tree;
}
