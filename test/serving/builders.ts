import type { Answering, AnsweringState, Ask, Prediction } from "../../core/runtime/answering/answering.ts";
import type { ServedVersion } from "../../core/serving/served.ts";
import type { VerifiedTarget } from "../../core/serving/verify-target.ts";

/** Answers with the version's number, and remembers whether it was closed. */
export class NumberAnswering implements Answering {
  closed = false;
  asked = 0;
  up: AnsweringState = { ready: 1, workers: 1, queued: 0, restarts: 0 };
  readonly #version: number;

  constructor(version: number) {
    this.#version = version;
  }

  async ready(): Promise<void> {}

  async ask({ rows }: Ask): Promise<Prediction[]> {
    if (this.closed) throw new Error(`version ${this.#version} was asked after its end`);
    this.asked += 1;
    return rows.map(() => ({ prediction: this.#version }));
  }

  state(): AnsweringState {
    return this.up;
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}

/** A version of the model `tiny` that answers with its number. */
export function servedVersion(version: number, answering: Answering = new NumberAnswering(version)): ServedVersion {
  return {
    ...{ model: "tiny", folder: "tiny", version, stage: "production", digest: String(version).repeat(64).slice(0, 64) },
    signature: { inputs: [{ name: "x", type: "double" }], outputs: [{ name: "y", type: "long" }] },
    ...{ columns: {}, maxRows: 10, timeoutMs: 1_000, unknownColumns: "ignore", task: "regression" },
    ...{ example: { x: 1 }, answering },
  };
}

/** Version `version` of `tiny` in production, by a decision of its own. */
export function verifiedTarget(version: number, decision = `decision-${version}`): VerifiedTarget {
  // An endpoint hands them on, and looks at none of it.
  const unread = {} as Pick<VerifiedTarget, "manifest" | "signature" | "runnable">;
  return { model: "tiny", called: "tiny", stage: "production", version, decision, ...unread };
}
