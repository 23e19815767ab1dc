import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Answering } from "../runtime/answering/answering.ts";
import { makeWorkFolder } from "../runtime/work-folder.ts";
import { environmentFacts, loadCode } from "./load-code.ts";
import type { RunDependencies, RunnableModel } from "./runnable-model.ts";
import { type AnsweringRequest, openAnswering } from "./user-code/open-answering.ts";

/**
 * Starts what answers for a version: its own code at its own commit (`model.tree`), with its own environment and artifact. All
 * that it needs on disk goes when it is closed. An aborted `signal` ends the preparation alone. Rejects as the step setup and
 * openAnswering do.
 */
export async function prepareAnswering(
  deps: RunDependencies,
  request: AnsweringRequest & {
    model: RunnableModel;
    signal?: AbortSignal | undefined;
    onOutput?: ((text: string) => void) | undefined;
  },
): Promise<Answering> {
  const { model, signal, onOutput, ...rest } = request;
  const work = await makeWorkFolder(randomUUID(), deps.temporary);
  try {
    const facts = await environmentFacts(model, deps.caller);
    const log = join(work.private, "setup.log");
    const { code } = await loadCode(deps, model, { facts, work, log, signal, onOutput });
    signal?.throwIfAborted();
    const answering = await openAnswering({ ...code, signal: undefined }, deps.store, rest);
    return {
      ...answering,
      close: async (drainMs) => {
        await answering.close(drainMs);
        await work.remove();
      },
    };
  } catch (error) {
    await work.remove();
    throw error;
  }
}
