import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { askGit } from "../git/run.ts";
import type { Repo } from "../state.ts";
import { checkKeys } from "./known-keys.ts";
import type { DeclaredInput } from "./take-inputs.ts";

type Mapping = Readonly<Record<string, unknown>>;

export interface WorkflowFile {
  name?: string;
  "run-name"?: string;
  on: string | readonly string[] | Readonly<Record<string, Mapping | null>>;
  permissions?: unknown;
  env?: Mapping;
  concurrency?: unknown;
  jobs: Readonly<Record<string, JobSpec>>;
}

export interface JobSpec {
  name?: string;
  needs?: string | readonly string[];
  if?: unknown;
  permissions?: unknown;
  concurrency?: unknown;
  environment?: unknown;
  strategy?: { matrix?: unknown };
  "runs-on"?: unknown;
  container?: unknown;
  "timeout-minutes"?: unknown;
  env?: Mapping;
  outputs?: Mapping;
  steps?: readonly StepSpec[];
  /** A workflow that this job calls. */
  uses?: string;
  with?: Mapping;
  secrets?: Mapping | "inherit";
}

export interface StepSpec {
  id?: string;
  name?: string;
  if?: unknown;
  uses?: string;
  run?: string;
  shell?: string;
  "working-directory"?: string;
  with?: Mapping;
  env?: Mapping;
  "continue-on-error"?: unknown;
  "timeout-minutes"?: unknown;
}

/** Where a workflow file came from, and so where its `./` and `$/` lead. */
export interface Origin {
  /** On disk; undefined for a commit of a repository here. */
  folder?: string;
  read(file: string): Promise<string | undefined>;
}

export function commitOrigin(repo: Repo, commit: string): Origin {
  return { read: (file) => askGit(repo.folder, ["show", `${commit}:${file}`]) };
}

export function folderOrigin(folder: string): Origin {
  return { folder, read: (file) => readFile(path.join(folder, file), "utf8").catch(() => undefined) };
}

/** The workflow files of a commit, by path; a text that is no workflow is there as the error that says so. */
export async function workflowFiles(repo: Repo, commit: string): Promise<Map<string, WorkflowFile | Error>> {
  const listed = await askGit(repo.folder, ["ls-tree", "--name-only", commit, ".github/workflows/"]);
  const files = (listed ?? "").split("\n").filter((file) => /\.ya?ml$/.test(file));
  const origin = commitOrigin(repo, commit);
  const texts = await Promise.all(files.map(async (file) => [file, (await origin.read(file)) ?? ""] as const));
  return new Map(texts.map(([file, text]) => [file, parsed(file, text)]));
}

function parsed(file: string, text: string): WorkflowFile | Error {
  try {
    return parseWorkflow(file, text);
  } catch (error) {
    return error as Error;
  }
}

/** Throws for what is no workflow, and for what is not known here. What else GitHub refuses in it is for actionlint to say. */
export function parseWorkflow(file: string, text: string): WorkflowFile {
  const value: unknown = parse(text);
  checkKeys(file, text);
  const found = value !== null && typeof value === "object" ? (value as Partial<WorkflowFile>) : {};
  if (!found.on || typeof found.jobs !== "object") throw new Error(`${file} has no on: or no jobs:`);
  return found as WorkflowFile;
}

/** What a workflow that is called declares. */
export interface CallTrigger {
  inputs?: Readonly<Record<string, DeclaredInput | null>>;
  outputs?: Readonly<Record<string, { value: string }>>;
  secrets?: Readonly<Record<string, { required?: boolean } | null>>;
}

export function calledBy({ on }: WorkflowFile): CallTrigger {
  return (on as Readonly<Record<string, CallTrigger | null>>)["workflow_call"] ?? {};
}

/** The package whose workflows and Actions are served from a folder. */
export interface Packaged {
  name: string;
  folder: string;
  /** At which it can be had: its release's tag and commit. */
  refs: readonly string[];
}

/** What stands in for actions/checkout. */
export const CHECKOUT = fileURLToPath(new URL("../checkout", import.meta.url));

/** Resolves `uses:` to where it lies. `$/` and `./` are of the origin; by name there are the given package and actions/checkout. */
export function locate(uses: string, origin: Origin, packaged: Packaged): [Origin, string] {
  const own = /^(?:\$|\.)\/(.+)$/.exec(uses);
  if (own?.[1]) return [origin, own[1]];
  const [, name, file = ".", ref = ""] = /^([^/@]+\/[^/@]+)(?:\/([^@]+))?@(.+)$/.exec(uses) ?? [];
  if (name === "actions/checkout") return [folderOrigin(CHECKOUT), file];
  if (name !== packaged.name) throw new Error(`${uses} cannot be had here`);
  if (!packaged.refs.includes(ref)) throw new Error(`${uses}: ${name} has no ${ref}`);
  return [folderOrigin(packaged.folder), file];
}
