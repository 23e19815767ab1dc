import type { Kind } from "./kind.ts";

/** Each kind, by name; loaded when it is asked for. */
export const KINDS: Readonly<Record<string, () => Promise<Kind>>> = {
  mutation: async () => (await import("./mutation.ts")).mutation,
};
