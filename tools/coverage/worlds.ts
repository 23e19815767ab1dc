import { CLASSIFICATION_WORLDS } from "./classification-worlds.ts";
import { REGRESSION_WORLDS } from "./regression-worlds.ts";
import type { World } from "./world.ts";

export const WORLDS: readonly World[] = [...CLASSIFICATION_WORLDS, ...REGRESSION_WORLDS];
