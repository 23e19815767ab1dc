import type { Person } from "../../schemas/names.ts";

const LINE = /^(.*) <([^<>]*)>(?: \(GitHub ([1-9]\d{0,15})\))?$/;

/** A person in a trailer: `Grace <grace> (GitHub 583231)`, and without the number on plain Git. */
export function formatPersonLine({ name, id, github_id }: Person): string {
  return `${name} <${id}>${github_id === undefined ? "" : ` (GitHub ${github_id})`}`;
}

/** Undefined for what is no such line. */
export function parsePersonLine(line: string): Person | undefined {
  const [, name, id, number] = LINE.exec(line) ?? [];
  if (name === undefined || id === undefined) return undefined;
  return { name, id, ...(number === undefined ? {} : { github_id: Number(number) }) };
}
