import type { PageHandler } from "./request/page.ts";

/** Every picture, by its address below the base: `/charts/<kind>.svg`, and what it shows in its query. */
export const CHARTS: Readonly<Record<string, PageHandler>> = {};
