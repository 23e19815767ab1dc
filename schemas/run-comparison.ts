import { z } from "zod";
import { RunId, RunSummary } from "./run-summary.ts";

/** A file of two runs' code that differs. */
export const CodeChange = z.object({
  path: z.string().max(4_096),
  change: z.enum(["added", "removed", "changed"]),
  added_lines: z.int().min(0).optional().describe("Absent where the content is not to be had, or is no text."),
  removed_lines: z.int().min(0).optional(),
});
export type CodeChange = z.infer<typeof CodeChange>;

/** Runs side by side, each held against the first one. */
export const RunComparison = z.object({
  runs: z.array(RunSummary).min(2),
  params: z
    .array(
      z.object({
        name: z.string(),
        values: z.array(z.string().nullable()).describe("In the order of `runs`; null where a run has none."),
        differs: z.boolean(),
      }),
    )
    .describe("Those that differ first. Seed and --set among them."),
  metrics: z
    .array(
      z.object({
        name: z.string(),
        values: z.array(z.number().nullable()),
        differences: z.array(z.number().nullable()).describe("From the first run; its own is null."),
        best: z.int().min(0).nullable().describe("Which of `runs`, where one is the best alone."),
        own: z.boolean().describe("The program's own word."),
      }),
    )
    .describe("Those that gates ask for first. The values alone: no interval says how sure a difference is."),
  facts: z
    .array(z.object({ name: z.string(), values: z.array(z.string().nullable()), differs: z.boolean() }))
    .describe("Commit, data, artifact and what else a run is."),
  same_test: z.boolean().describe("All were measured on the same test rows."),
  code: z
    .array(
      z.object({
        run: RunId.describe("Held against the first of `runs`."),
        files: z.array(CodeChange).optional().describe("Absent where a run does not say what its code was."),
        unseen: z.int().min(0).optional().describe("So many of the files cannot be shown line by line."),
        patch: z.string().optional().describe("With --patch."),
      }),
    )
    .describe("One for each run but the first."),
});
export type RunComparison = z.infer<typeof RunComparison>;
