import { z } from "zod";

/** GitHub's limits on what a check shows. */
const text = (most: number) => z.string().refine((value) => [...value].length <= most, `At most ${most} characters`);
const Time = z.iso.datetime({ offset: true });

const NewAnnotation = z.object({
  path: z.string(),
  start_line: z.int().min(1),
  end_line: z.int().min(1),
  start_column: z.int().nullable().default(null),
  end_column: z.int().nullable().default(null),
  annotation_level: z.enum(["notice", "warning", "failure"]),
  message: text(65_535),
  title: text(255).nullable().default(null),
  raw_details: text(65_535).nullable().default(null),
});
const Output = z.object({
  title: z.string().optional(),
  summary: text(65_535).optional(),
  text: text(65_535).optional(),
  annotations: z.array(NewAnnotation).max(50).default([]),
});
const Button = z.object({ label: text(20), description: text(40), identifier: text(20) });

export const CheckFields = z.object({
  name: z.string().min(1),
  details_url: z.url().nullish(),
  external_id: z.string().optional(),
  status: z.enum(["queued", "in_progress", "completed"]).optional(),
  conclusion: z
    .enum(["success", "failure", "neutral", "cancelled", "skipped", "timed_out", "action_required"])
    .optional(),
  started_at: Time.optional(),
  completed_at: Time.optional(),
  output: Output.optional(),
  actions: z.array(Button).max(3).optional(),
});
