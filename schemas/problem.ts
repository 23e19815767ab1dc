import { z } from "zod";

/** One thing that is wrong, where it stands, and what to do: the same shape for people, `--json` and annotations. */
export const Problem = z.object({
  code: z.string().describe("A stable reason code."),
  message: z.string().describe("What is wrong, in a sentence."),
  expected: z.string().optional(),
  found: z.string().optional(),
  file: z.string().optional().describe("Relative to the repository's root."),
  line: z.int().min(1).optional(),
  column: z.int().min(1).optional(),
  hint: z.string().optional().describe("What to do next."),
});
export type Problem = z.infer<typeof Problem>;
