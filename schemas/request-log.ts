import { z } from "zod";
import { ColumnType } from "./model-spec.ts";

/** Who answered a row: the stage's version, the one that rolls out, or the latter beside the former, unseen by the client. */
export const AnswerRole = z.enum(["stable", "candidate", "shadow"]);
export type AnswerRole = z.infer<typeof AnswerRole>;

/** A column of the request log. */
export const LoggedColumn = z.tuple([z.string().min(1).max(1_000), ColumnType]);
export type LoggedColumn = z.infer<typeof LoggedColumn>;

/**
 * The first line of rows that wait on the disk to be sent to the store. Each line behind it is a row: a JSON array of the
 * columns' values.
 */
export const SpoolHead = z.strictObject({
  slipway: z.literal(1).describe("The version of this format."),
  columns: z.array(LoggedColumn).min(1).max(10_000),
});
export type SpoolHead = z.infer<typeof SpoolHead>;
