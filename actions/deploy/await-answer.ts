import { setTimeout as sleep } from "node:timers/promises";
import { SlipwayError } from "../../core/errors.ts";
import type { VersionNumber } from "../../schemas/names.ts";

/** What has to answer, and where. */
export interface Awaited {
  /** The base of the Open Inference Protocol's routes. */
  url: string;
  /** What the model is called. */
  model: string;
  version: VersionNumber;
}

export interface Patience {
  /** Milliseconds to wait in all. */
  limitMs: number;
  /** Milliseconds between two questions. */
  pauseMs?: number;
  /** Milliseconds between two looks at whether it is still wanted. */
  lookMs?: number;
  /** Asked now and then while nothing answers: rejects if there is nothing to wait for any more. */
  stillWanted(): Promise<void>;
  signal: AbortSignal;
}

const PAUSE_MS = 3_000;
const LOOK_MS = 30_000;
const ASK_MS = 10_000;
const MAX_ANSWER_BYTES = 64 * 1024;

/**
 * Asks where a version serves until that very version says that it is ready. Rejects with DEPLOYMENT_UNANSWERED after the limit,
 * with what was answered last.
 */
export async function awaitAnswer({ url, model, version }: Awaited, patience: Patience): Promise<void> {
  const { limitMs, pauseMs = PAUSE_MS, lookMs = LOOK_MS, stillWanted, signal } = patience;
  const address = `${url.replace(/\/+$/, "")}/v2/models/${encodeURIComponent(model)}/versions/${version}/ready`;
  const end = Date.now() + limitMs;
  let look = Date.now() + lookMs;
  for (;;) {
    const refusal = await notReady(address, signal);
    if (refusal === undefined) return;
    if (Date.now() + pauseMs > end)
      throw new SlipwayError("DEPLOYMENT_UNANSWERED", `${model} version ${version} does not answer: ${refusal}`, {
        expected: `200 with "ready": true at ${address} within ${Math.round(limitMs / 1000)} s`,
        found: refusal,
        hint: "See what runs there. Once it answers, run the deployment's job again; or roll back.",
      });
    if (Date.now() > look) {
      await stillWanted();
      look = Date.now() + lookMs;
    }
    await sleep(pauseMs, undefined, { signal });
  }
}

/** Undefined if it says that it is ready. What others wrote is in no message. */
async function notReady(address: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    const response = await fetch(address, {
      headers: { accept: "application/json" },
      redirect: "error",
      signal: AbortSignal.any([signal, AbortSignal.timeout(ASK_MS)]),
    });
    const text = await shortText(response);
    if (response.status !== 200) return `status ${response.status}`;
    return isReady(text) ? undefined : "status 200, and no word of being ready";
  } catch (error) {
    signal.throwIfAborted();
    const { cause, name, message } = error as Error & { cause?: { code?: string } };
    return name === "TimeoutError" ? `no answer within ${ASK_MS / 1000} s` : (cause?.code ?? message.slice(0, 100));
  }
}

function isReady(text: string): boolean {
  try {
    const answer: unknown = JSON.parse(text);
    return typeof answer === "object" && answer !== null && "ready" in answer && answer.ready === true;
  } catch {
    return false;
  }
}

async function shortText({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) break;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
