import type { Context } from "hono";
import type { z } from "zod";
import type { Needs } from "../auth/access.ts";
import { type Actor, accountOf } from "../auth/actor.ts";
import type { Account, Repo, State } from "../state.ts";
import { notFound, Refusal } from "./refusal.ts";

/** What a route's handler is given: who asks for what, already known to be allowed. */
export interface Call {
  state: State;
  actor: Actor;
  /** Who the doing is shown under. Rejects with 401 for nobody. */
  account: Account;
  /** Of `:owner/:repo`; a route without them must not ask. */
  repo: Repo;
  param(name: string): string;
  /** A number in the path; 404 where it is none. */
  number(name: string): number;
  query(name: string): string | undefined;
  /** Parses the JSON body, or rejects with 422 and the fields. */
  body<Schema extends z.ZodType>(schema: Schema): Promise<z.infer<Schema>>;
}

/** What a handler gives: a body for 200, or more. */
export interface Answer {
  status?: number;
  body?: unknown;
  headers?: Record<string, string>;
  /** Of a list: the whole of it; the frame cuts the page, links it, and puts it where `wrap` says. */
  list?: readonly unknown[];
  show?: (item: never) => unknown;
  wrap?: (page: unknown[], total: number) => unknown;
}

export interface Route {
  /** `GET /repos/:owner/:repo`. */
  on: string;
  needs: Needs | "app" | "installation" | "person" | "anybody";
  handle: (call: Call) => Answer | Promise<Answer>;
}

export function openCall(state: State, context: Context, actor: Actor, repo: Repo | undefined): Call {
  return {
    state,
    actor,
    get account() {
      const account = accountOf(actor);
      if (account === undefined) throw new Refusal(401, "Requires authentication");
      return account;
    },
    get repo() {
      if (repo === undefined) throw notFound();
      return repo;
    },
    param: (name) => context.req.param(name) ?? "",
    number(name) {
      const text = context.req.param(name) ?? "";
      if (!/^\d{1,15}$/.test(text)) throw notFound();
      return Number(text);
    },
    query: (name) => context.req.query(name),
    async body(schema) {
      const text = await context.req.text();
      const parsed = schema.safeParse(text === "" ? {} : parseJson(text));
      if (parsed.success) return parsed.data;
      const words = parsed.error.issues.map((issue) => `${issue.path.join(".") || "body"}: ${issue.message}`);
      throw new Refusal(
        422,
        `Invalid request.\n\n${words.join("\n")}`,
        parsed.error.issues.map((issue) => ({
          resource: "Request",
          code: "invalid",
          field: issue.path.join("."),
          message: issue.message,
        })),
      );
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, "Problems parsing JSON");
  }
}
