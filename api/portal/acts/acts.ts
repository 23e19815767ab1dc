import type { FormAct } from "../request/form.ts";
import { promote } from "./promote.ts";

/** Every act that a form can ask for, by its name. */
export const ACTS: Readonly<Record<string, FormAct>> = { promote };
