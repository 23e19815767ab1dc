import { z } from "zod";
import { TaggerTime } from "./names.ts";

/** A key whose signatures count, and whose it is: an entry of the policy's `signers`, with OpenSSH's words for its time. */
export const Signer = z.strictObject({
  name: z.string().min(1).max(100).describe("Whose key it is: shown beside what it signed."),
  key: z
    .string()
    .min(1)
    .max(20_000)
    .describe("The public key, as in its .pub file: ssh-ed25519 AAAA…, ecdsa-sha2-…, ssh-rsa or sk-…"),
  "valid-after": TaggerTime.optional().describe("Tags of an earlier moment are not this key's to sign."),
  "valid-before": TaggerTime.optional().describe("Nor are tags of a later moment: what it signed before stays good."),
});
export type Signer = z.infer<typeof Signer>;
