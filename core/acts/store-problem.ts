import { access, constants } from "node:fs/promises";
import type { StoreChoice } from "../../schemas/policy.ts";
import type { Problem } from "../../schemas/problem.ts";
import { sha256 } from "../canonical.ts";
import { SlipwayError } from "../errors.ts";
import { POLICY_PATH } from "../spec/project.ts";
import { problemOf } from "../stages/run-record.ts";
import { parseStore } from "../stores/address.ts";
import { openDurableStore } from "../stores/open/durable-store.ts";

/** Milliseconds: a run that only asks does not wait for a store as one that brings bytes there does. */
const PATIENCE = 20_000;
const EMPTY = sha256("");

/**
 * Why a run on this machine could not bring bytes into the policy's store, as far as that shows without writing; undefined if
 * nothing speaks against it. That a store refuses to be read says nothing: who may write it has other credentials, and a
 * repository of a registry comes to be with the first bytes.
 */
export async function findStoreProblem(store: StoreChoice | undefined): Promise<Problem | undefined> {
  try {
    const durable = openDurableStore(store, { file: POLICY_PATH }, { timeout: PATIENCE });
    const address = parseStore(store);
    if (address.scheme === "file") return await missingFolder(address.path);
    await durable.has({ uri: address.uri, sha256: EMPTY, size: 0 });
    return undefined;
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error;
    if (error.code === "STORE_DENIED" || error.code === "STORE_NO_CREDENTIALS") return undefined;
    return { ...problemOf(error), file: POLICY_PATH };
  }
}

async function missingFolder(path: string): Promise<Problem | undefined> {
  const isThere = await access(path, constants.W_OK).then(
    () => true,
    () => false,
  );
  if (isThere) return undefined;
  return {
    code: "STORE_UNREACHABLE",
    message: "The policy's store is a folder that this runner does not have, or may not write",
    file: POLICY_PATH,
    expected: `a folder ${path} that runners and the App share`,
    found: "no such folder on this runner",
    hint: "On GitHub's own runners name the repository's container registry: artifacts: { store: oci://ghcr.io/OWNER/REPO/models }. A shared folder needs runners that have it: the workflows' input `runs-on`.",
  };
}
