import { z } from "zod";
import { SlipwayError } from "../../core/errors.ts";
import type { EndedStage } from "../../core/stages/store.ts";
import { Sha256 } from "../../schemas/names.ts";
import { PipelineStage } from "../../schemas/stage-record.ts";

const MAX_CHARACTERS = 2 * 1024 * 1024;
const Result = z.enum(["success", "failure", "cancelled", "skipped"]);
const Needs = z.partialRecord(
  PipelineStage,
  z.object({ result: Result, outputs: z.record(z.string(), z.string()).optional() }),
);

/** How one stage's job ended, as GitHub says, and the digest of what it handed over. */
export interface EndedJob extends Pick<EndedStage<PipelineStage>, "result"> {
  record: Sha256 | undefined;
}

/** Reads the input `needs`: toJSON(needs). Jobs other than the stages' are ignored. Rejects with USAGE. */
export function readNeeds(text: string): Partial<Record<PipelineStage, EndedJob>> {
  const parsed = Needs.safeParse(text.length > MAX_CHARACTERS ? undefined : ofStages(text));
  if (!parsed.success) {
    throw new SlipwayError("USAGE", "The input `needs` is invalid", {
      expected: `toJSON(needs), of jobs called ${PipelineStage.options.join(", ")}`,
      found: parsed.error.issues[0]?.message ?? "something else",
    });
  }
  const jobs = Object.entries(parsed.data).map(([stage, { result, outputs }]) => {
    const record = Sha256.safeParse(outputs?.["record"]);
    return [stage, { result, record: record.success ? record.data : undefined }];
  });
  return Object.fromEntries(jobs);
}

function ofStages(text: string): unknown {
  try {
    const all = Object.entries(JSON.parse(text) as object);
    return Object.fromEntries(all.filter(([name]) => PipelineStage.safeParse(name).success));
  } catch {
    return undefined;
  }
}
