import { SlipwayError } from "../../../core/errors.ts";
import { didYouMean } from "../../../core/spec/near.ts";
import type { CommitId } from "../../../schemas/names.ts";
import type { Known } from "./argument-parser.ts";

/** The issue or pull request that a command was written in, as far as it says what the command is about. */
export type ThreadState =
  | { kind: "issue"; number: number }
  /** The issue that Slipway keeps of a model's alarms; `stage` is the one whose requests are looked at. */
  | { kind: "monitoring"; number: number; model: string; stage: string }
  | {
      kind: "pull";
      number: number;
      state: "open" | "closed" | "merged";
      head: CommitId;
      mergeCommit: CommitId | undefined;
      models: readonly ChangedModel[];
    };

/** A model that a pull request changed, and the version that it became. */
export interface ChangedModel {
  model: string;
  version?: number;
  /** Why there is no version of it, if that is known. */
  why?: string | undefined;
}

/** The model that a command is about: the one that is named, or the only one of the pull request. */
export function resolveModel(named: string | undefined, thread: ThreadState, known: Known): string {
  if (named !== undefined) {
    if (known.models.has(named)) return named;
    const { hint = "The registry knows it once a first version is merged." } = didYouMean(named, known.models);
    throw new SlipwayError("MODEL_UNKNOWN", `There is no model \`${named}\`.`, { hint: capital(hint) });
  }
  if (thread.kind === "monitoring") return thread.model;
  if (thread.kind === "issue") {
    throw new SlipwayError("USAGE", "This is no pull request, so the model has to be named.", {
      hint: list(known.models),
    });
  }
  const [only, ...others] = thread.models;
  if (only === undefined) {
    throw new SlipwayError("USAGE", "This pull request changes no model, so the model has to be named.", {
      hint: list(known.models),
    });
  }
  if (others.length === 0) return only.model;
  throw new SlipwayError("USAGE", `This pull request changes ${thread.models.length} models: say which.`, {
    hint: list(thread.models.map(({ model }) => model)),
  });
}

/**
 * The version that a command is about: the one that is named; the one that this pull request was registered as, never
 * its head; `latest` where an issue names a model alone. Refuses with NOT_REGISTERED, saying what to do first.
 */
export function resolveVersion(
  named: { model?: string; version?: number },
  thread: ThreadState,
  known: Known,
): { model: string; version: number | "latest" } {
  const model = resolveModel(named.model, thread, known);
  if (named.version !== undefined) return { model, version: named.version };
  if (thread.kind !== "pull") return { model, version: "latest" };
  const own = thread.models.find((each) => each.model === model);
  if (own?.version !== undefined) return { model, version: own.version };
  throw new SlipwayError("NOT_REGISTERED", whyNot(model, own, thread), {
    hint: `Or name a version that is registered: \`${model}@1\`.`,
  });
}

/** The stage that a command is about: the one that is named, or the one that this issue is about. */
export function resolveStage(named: string | undefined, thread: ThreadState, known: Known): string {
  if (named !== undefined) return named;
  if (thread.kind === "monitoring") return thread.stage;
  throw new SlipwayError("USAGE", "The stage is missing.", { hint: `The stages are ${[...known.stages].join(", ")}.` });
}

function whyNot(model: string, own: ChangedModel | undefined, thread: Extract<ThreadState, { kind: "pull" }>): string {
  if (own === undefined) return `This pull request does not change \`${model}\`, so it made no version of it.`;
  if (thread.state === "open") {
    return `\`${model}\` has no version of this pull request yet: merge it first. The default branch then trains and evaluates it, and registers a version.`;
  }
  if (thread.state === "closed")
    return `This pull request was closed without being merged: it made no version of \`${model}\`.`;
  if (own.why !== undefined) return `This pull request's \`${model}\` was not registered: ${own.why}`;
  return `This pull request's \`${model}\` is not registered yet: the default branch's run has not finished. Ask again when the comment above names its version.`;
}

function list(models: Iterable<string>): string {
  const all = [...models].sort();
  const shown = all.slice(0, 10).map((model) => `\`${model}\``);
  if (shown.length === 0) return "There is no model yet.";
  return `Models: ${shown.join(", ")}${all.length > shown.length ? ` and ${all.length - shown.length} more` : ""}.`;
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
