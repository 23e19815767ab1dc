import { randomBytes } from "node:crypto";
import type { Account, State, Team, Token } from "../state.ts";

/** Adds a person, an organization or a bot. A login that is taken is a mistake of the caller's. */
export function addAccount(state: State, login: string, type: Account["type"], name?: string): Account {
  if (state.accounts.has(login.toLowerCase())) throw new Error(`${login} is taken`);
  const id = state.nextId();
  const email = `${id}+${login}@users.noreply.github.com`;
  const account = { id, login, type, name: name ?? null, email, createdAt: state.now() };
  state.accounts.set(login.toLowerCase(), account);
  return account;
}

export function findAccount(state: State, login: string): Account | undefined {
  return state.accounts.get(login.toLowerCase());
}

/**
 * Another login for the same account, as GitHub does it: the number, the rights and the tokens stay, what the account owns
 * moves along, and from then on anybody may take the old login.
 */
export function renameAccount(state: State, login: string, to: string): Account {
  const account = findAccount(state, login);
  if (account === undefined) throw new Error(`Add ${login} first`);
  if (findAccount(state, to) !== undefined) throw new Error(`${to} is taken`);
  state.accounts.delete(login.toLowerCase());
  state.accounts.set(to.toLowerCase(), account);
  account.login = to;
  for (const repo of [...state.repositories.values()]) {
    rekey(repo.collaborators, login.toLowerCase(), to.toLowerCase());
    if (repo.owner !== account) continue;
    const before = repo.fullName.toLowerCase();
    repo.fullName = `${to}/${repo.name}`;
    rekey(state.repositories, before, repo.fullName.toLowerCase());
  }
  return account;
}

function rekey<T>(map: Map<string, T>, from: string, to: string): void {
  const value = map.get(from);
  if (value === undefined) return;
  map.delete(from);
  map.set(to, value);
}

/** Adds a team of people who are there already. */
export function addTeam(state: State, organization: Account, slug: string, members: readonly string[]): Team {
  const people = members.map((login) => findAccount(state, login));
  if (people.includes(undefined)) throw new Error(`Add ${members.join(", ")} first`);
  const team = { id: state.nextId(), organization, slug, name: slug, members: new Set(people as Account[]) };
  state.teams.push(team);
  return team;
}

const PREFIX = { user: "ghp", refresh: "ghr", installation: "ghs", "deploy-key": "key" };

/** Makes a token in GitHub's form: nobody can guess it, and secret scanners know it. */
export function addToken(state: State, token: Token): string {
  const prefix = token.kind === "user" && token.app !== undefined ? "ghu" : PREFIX[token.kind];
  const text = `${prefix}_${randomBytes(18).toString("hex")}`;
  state.tokens.set(text, token);
  return text;
}
