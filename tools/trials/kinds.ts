import { KILLS } from "./kill.ts";
import type { Kind } from "./kind.ts";

/** Each kind, by name; made when it is asked for. */
export const KINDS: Readonly<Record<string, () => Promise<Kind>>> = {
  ...KILLS,
  storm: async () => (await import("./storm.ts")).storm,
  remote: async () => (await import("./remote.ts")).remote,
  disk: async () => (await import("./disk.ts")).disk,
  branches: async () => (await import("./branches.ts")).branches,
  mutation: async () => (await import("./mutation.ts")).mutation,
};
