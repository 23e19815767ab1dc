import type { World } from "./world.ts";

export const REGRESSION_WORLDS: readonly World[] = [];
