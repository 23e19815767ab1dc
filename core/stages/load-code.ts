import type { Runtime } from "../../schemas/manifest.ts";
import type { ModelSpec } from "../../schemas/model-spec.ts";
import { milliseconds } from "../duration.ts";
import { codeFiles } from "../plan/inputs.ts";
import { readLocks } from "../runtime/locks.ts";
import { detectRuntime } from "../runtime/runtime.ts";
import type { WorkFolder } from "../runtime/work-folder.ts";
import type { RunDependencies, RunnableModel } from "./runnable-model.ts";
import { type PreparedEnvironment, prepareEnvironment } from "./user-code/setup.ts";
import type { UserCode } from "./user-code/user-code.ts";

/** The lock files and the program versions that a model's user code runs with. */
export interface EnvironmentFacts {
  locks: { path: string; sha256: string }[];
  runtime: Runtime;
}

/** Reads a model's lock files and asks its programs for their versions. Rejects with SPEC_INVALID (a lock is missing). */
export async function environmentFacts(
  model: RunnableModel,
  caller: RunDependencies["caller"],
): Promise<EnvironmentFacts> {
  const { spec } = model;
  return {
    locks: await readLocks(model, model.tree),
    runtime: await detectRuntime(environmentCommands(spec), caller["PATH"]),
  };
}

/** The commands whose programs make up the runtime: what trains, predicts and answers, not what judges. */
export function environmentCommands({ environment, train, predict, serve }: ModelSpec): string[] {
  return [environment?.setup ?? "", train?.run ?? "", predict.run, serve?.run ?? ""];
}

/** A model's user code, ready to run: its declared files, and its environment prepared or found prepared. */
export async function loadCode(
  deps: RunDependencies,
  model: RunnableModel,
  context: {
    facts: EnvironmentFacts;
    work: WorkFolder;
    log: string;
    signal?: AbortSignal | undefined;
    onOutput?: ((text: string) => void) | undefined;
  },
): Promise<{ code: UserCode; environment: PreparedEnvironment }> {
  const { spec, folder, tree } = model;
  const { facts, work, log, signal, onOutput } = context;
  const files = (await codeFiles(model, tree)).map((entry) => entry.path);
  const passable = deps.passable ?? [];
  const environment = await prepareEnvironment({
    ...{ spec: spec.environment, folder, tree, ...facts, passable, executor: deps.executor },
    ...{ cache: deps.cache, caller: deps.caller, log, signal, onOutput },
    timeoutMs: milliseconds(spec.environment?.timeout ?? "30m"),
  });
  const repository = (await tree.list()).map((entry) => entry.path);
  const code = {
    spec,
    folder,
    tree,
    files,
    repository,
    links: environment.links,
    verifyEnvironment: environment.verify,
    work,
    caller: deps.caller,
    passable,
    executor: deps.executor,
    signal,
    onOutput,
  };
  return { code, environment };
}
