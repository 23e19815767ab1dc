import type { Context } from "hono";
import type { z } from "zod";
import { type Actor, accountOf } from "../auth/actor.ts";
import type { Account, App, Repo, State } from "../state.ts";
import type { View } from "./answer.ts";
import { notFound, Refusal } from "./refusal.ts";

/** What a route's handler is given: who asks for what, already known to be allowed. */
export class Call {
  readonly state: State;
  readonly actor: Actor;
  readonly #context: Context;
  readonly #repo: Repo | undefined;

  constructor(state: State, context: Context, actor: Actor, repo: Repo | undefined) {
    this.state = state;
    this.actor = actor;
    this.#context = context;
    this.#repo = repo;
  }

  /** Who the doing is shown under. Throws 401 for nobody. */
  get account(): Account {
    const account = accountOf(this.actor);
    if (account === undefined) throw new Refusal(401, "Requires authentication");
    return account;
  }

  /** The App that acts, by itself or for a person. */
  get app(): App | undefined {
    return "app" in this.actor ? this.actor.app : undefined;
  }

  /** The repository that the path names. */
  get repo(): Repo {
    if (this.#repo === undefined) throw notFound();
    return this.#repo;
  }

  param(name: string): string {
    return this.#context.req.param(name) ?? "";
  }

  query(name: string): string | undefined {
    return this.#context.req.query(name);
  }

  /** What a number in the path names. Throws 404 if it names nothing. */
  pick<Kind>(from: ReadonlyMap<number, Kind>, name = "id"): Kind {
    const found = from.get(Number(this.param(name)));
    if (found === undefined) throw notFound();
    return found;
  }

  show<Kind>(view: View<Kind>, item: Kind): unknown {
    return view(this.state, this.repo, item);
  }

  /** The same for each item of a list. */
  as<Kind>(view: View<Kind>): (item: Kind) => unknown {
    return (item) => view(this.state, this.repo, item);
  }

  /** Whether a query that is given names this. */
  asks(name: string, value: string | number): boolean {
    return (this.query(name) ?? String(value)) === String(value);
  }

  /** Parses the JSON body. Rejects with 422 and the fields that do not fit. */
  async body<Schema extends z.ZodType>(schema: Schema): Promise<z.infer<Schema>> {
    const text = await this.#context.req.text();
    const parsed = schema.safeParse(text === "" ? {} : parseJson(text));
    if (parsed.success) return parsed.data;
    const errors = parsed.error.issues.map(({ path, message }) => {
      return { resource: "Request", code: "invalid" as const, field: path.join("."), message };
    });
    const words = errors.map(({ field, message }) => `${field || "body"}: ${message}`);
    throw new Refusal(422, `Invalid request.\n\n${words.join("\n")}`, { errors });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, "Problems parsing JSON");
  }
}
