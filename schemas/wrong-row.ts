import { z } from "zod";

const value = z.union([z.string(), z.number(), z.boolean()]);

/** A test row that a version got wrong. What the spec calls sensitive is absent. */
export const WrongRow = z.object({
  row: z.int().min(1).describe("Its place among the test rows, from 1."),
  id: z.string().optional(),
  label: value.optional(),
  prediction: value.optional(),
  residual: z.number().optional().describe("Of a regression: prediction - label."),
  probability: z.number().optional().describe("That the model gave to what it predicted."),
});
export type WrongRow = z.infer<typeof WrongRow>;
