import type { CommitId } from "../../schemas/names.ts";
import type { Registry, RegistrySnapshot } from "./registry.ts";
import type { RegistryChange } from "./registry-change.ts";

/**
 * What the acts of one round rest on besides the registry: read once for all of them, and again right before they are
 * published. Where it is another one by then, all of them decide again.
 */
export type Basis = (read: () => Promise<string>) => Promise<string>;

/** Decides from the newest state; undefined where there is nothing to do. */
export type Build = (snapshot: RegistrySnapshot, basis: Basis) => Promise<RegistryChange | undefined>;

/** An act that waits to be decided and published. */
export interface WaitingAct {
  registry: Registry;
  build: Build;
  /** How often it may still lose a race. */
  left: number;
  /** It failed together with others, and is tried by itself. */
  alone: boolean;
  resolve(done: { commit: CommitId; change: RegistryChange } | undefined): void;
  reject(error: unknown): void;
}
