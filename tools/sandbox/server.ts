import type { HttpBindings } from "@hono/node-server";
import type { Hono } from "hono";

/** The HTTP server of the stand-in: whatever serves a part of it adds its routes here. */
export type SandboxServer = Hono<{ Bindings: HttpBindings }>;
