import type { ModelSpec } from "../../schemas/model-spec.ts";
import type { StoreChoice } from "../../schemas/policy.ts";
import type { Executor } from "../executors/executor.ts";
import type { SourceTree } from "../source/tree.ts";
import type { ArtifactStore } from "../stores/store.ts";

/** What user code is a part of: a model as its spec says it, and the files of its repository. */
export interface RunnableModel {
  name: string;
  /** The model's folder and its spec's path, relative to the repository's root. */
  folder: string;
  path: string;
  spec: ModelSpec;
  /** Where user code is exported from. */
  tree: SourceTree;
  /** Where a key stands in the spec. */
  position?(keys: readonly (string | number)[]): { line: number; column: number };
}

/** What user code needs of the machine that runs it. */
export interface RunDependencies {
  store: ArtifactStore;
  /** Where prepared environments and fetched data are kept; outside of the repository. */
  cache: string;
  /** The environment of this process: see userEnvironment for what of it user code gets. */
  caller: Readonly<Record<string, string | undefined>>;
  /** The deciding policy's `artifacts.store`. */
  policyStore?: StoreChoice | undefined;
  /** Variables of the caller that the policy lets a spec hand on, besides the harmless ones. */
  passable?: readonly string[] | undefined;
  /** The deciding policy's `secrets.predict`: variables of the caller that programs get which predict for it. */
  predictSecrets?: readonly string[] | undefined;
  /** Who runs user code. */
  executor: Executor;
  /** Where temporary folders are made. Default: the system's folder. */
  temporary?: string | undefined;
}
