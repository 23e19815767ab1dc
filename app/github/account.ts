import { z } from "zod";
import type { Person } from "../../schemas/names.ts";

/** An account on GitHub: the number says whose it is, and the login is its name at the time of the event. */
export const Account = z.object({ id: z.int().min(1), login: z.string().min(1).max(100) });
export type Account = z.infer<typeof Account>;

/** An account as a record keeps it. */
export function personOf({ login, id }: Account): Person {
  return { name: login, id: login, account: `${GITHUB}:${id}` };
}

/** GitHub's number for a person's account; undefined if another provider, or none, knows who it is. */
export function githubIdOf({ account }: Pick<Person, "account">): number | undefined {
  const [provider, id] = account?.split(":") ?? [];
  return provider === GITHUB && /^[1-9]\d{0,15}$/.test(id ?? "") ? Number(id) : undefined;
}

const GITHUB = "github";
