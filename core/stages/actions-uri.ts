import type { PipelineStage } from "../../schemas/stage-record.ts";

/**
 * The name of a stage's artifact. The name proves nothing: its content counts by the digest, which travels by job
 * outputs.
 */
export function bundleName(stage: PipelineStage | "result", model: string): string {
  return `slipway-${stage}-${model}`;
}

/** What a job of a run on GitHub handed over, as an Actions artifact. */
export interface ActionsUri {
  /** GitHub's id of the run. */
  run: string;
  /** The artifact's name. */
  name: string;
}

/** Starts the URIs of what lies in an Actions artifact. GitHub deletes those after some days. */
export function formatActionsUri({ run, name }: ActionsUri): string {
  return `actions:${run}/${name}`;
}

/** Which artifact a URI lies in; undefined for every other URI. */
export function parseActionsUri(uri: string): ActionsUri | undefined {
  const [, run, name] =
    /^actions:([1-9][0-9]{0,19})\/([A-Za-z0-9][\w.-]{0,250})(?:\/sha256\/[0-9a-f/]{1,80})?$/.exec(uri) ?? [];
  return run === undefined || name === undefined ? undefined : { run, name };
}
