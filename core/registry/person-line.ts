import { AccountId, type Person } from "../../schemas/names.ts";

const LINE = /^(.*) <([^<>]*)>(?: \(([^()]+)\))?$/;

/** A person in a trailer: `Grace <grace> (github:583231)`, and without the account on plain Git. */
export function formatPersonLine({ name, id, account }: Person): string {
  return `${name} <${id}>${account === undefined ? "" : ` (${account})`}`;
}

/** Undefined for what is no such line. */
export function parsePersonLine(line: string): Person | undefined {
  const [, name, id, account] = LINE.exec(line) ?? [];
  if (name === undefined || id === undefined) return undefined;
  if (account === undefined) return { name, id };
  return AccountId.safeParse(account).success ? { name, id, account } : undefined;
}
