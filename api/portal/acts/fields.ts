import { z } from "zod";

/** As people call the model now or called it before, or its folder in the registry. */
export const Model = z.string().min(1).max(200);
export const Version = z.coerce.number().int().min(1).max(1_000_000_000);
export const Stage = z.string().trim().toLowerCase().min(1).max(50);
/** The id of a request for a promotion. */
export const Request = z.string().regex(/^[0-9a-f]{32}$/);
/** What the page showed of what the form writes over, as `stateMark` says it. */
export const Seen = z
  .string()
  .regex(/^[0-9a-f]{32}$/)
  .optional();
/** What a person may say, or not. A record keeps as much. */
export const Reason = z
  .string()
  .trim()
  .max(2_000)
  .optional()
  .transform((said) => said || undefined);
/** What a person has to say. */
export const NeededReason = z
  .string()
  .trim()
  .min(1, "say why: whoever reads the record later was not there")
  .max(2_000);
