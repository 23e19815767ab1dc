import { z } from "zod";
import { SlipwayError } from "../../core/errors.ts";
import { CommitId, ModelName, Sha256 } from "../../schemas/names.ts";
import type { ActionPorts } from "./ports.ts";

type Read = Pick<ActionPorts, "input">;

export function modelInput(ports: Read): ModelName {
  return required(ports, "model", ModelName, "a model's name");
}

export function commitInput(ports: Read): CommitId {
  return required(ports, "commit", CommitId, "a commit, whole (40 digits)");
}

/** A number that GitHub gives: a run's, an attempt's. */
export function numberInput(ports: Read, name: string): number {
  return Number(required(ports, name, z.string().regex(/^[1-9]\d{0,14}$/), "a whole number from 1"));
}

/** The output `record` of an earlier job; undefined if the input is empty. */
export function recordInput(ports: Read, name: string): Sha256 | undefined {
  return ports.input(name) === "" ? undefined : required(ports, name, Sha256, "an earlier job's output `record`");
}

/** An input that a schema reads, of its text or of what `from` makes of that. */
export function namedInput<Schema extends z.ZodType>(
  ports: Read,
  name: string,
  schema: Schema,
  expected: string,
  from: (text: string) => unknown = String,
): z.infer<Schema> {
  return required(
    ports,
    name,
    z
      .string()
      .transform(from)
      .pipe(schema as z.ZodType<z.infer<Schema>, unknown>),
    expected,
  );
}

/** An input that is one of `words`; the first of them if the input is empty. */
export function choiceInput<Word extends string>(ports: Read, name: string, words: readonly [Word, ...Word[]]): Word {
  return ports.input(name) === "" ? words[0] : required(ports, name, z.enum(words), words.join(" or "));
}

// A secret that is not set, as none is in a fork's run, is null in JSON.
const Secrets = z.record(
  z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/),
  z
    .string()
    .max(64 * 1024)
    .nullable(),
);

/** An input of secrets; each value is masked from here on. An input that is not JSON is refused without showing it. */
export function secretsInput(ports: Pick<ActionPorts, "input" | "mask">, name = "secrets"): Record<string, string> {
  const text = ports.input(name);
  if (text === "") return {};
  ports.mask(text);
  const parsed = Secrets.safeParse(parsedJson(text));
  if (!parsed.success) {
    throw new SlipwayError("USAGE", `The input \`${name}\` is not a JSON object of names and texts`, {
      expected: 'a text like {"TOKEN": "…"}, put together from secrets with toJSON()',
    });
  }
  const given = Object.entries(parsed.data).filter((entry): entry is [string, string] => Boolean(entry[1]));
  for (const [, value] of given) ports.mask(value);
  return Object.fromEntries(given);
}

function required<Schema extends z.ZodType>(ports: Read, name: string, schema: Schema, expected: string) {
  const text = ports.input(name);
  const parsed = schema.safeParse(text);
  if (parsed.success) return parsed.data as z.infer<Schema>;
  const found = text === "" ? "nothing" : JSON.stringify(text.slice(0, 100));
  throw new SlipwayError("USAGE", `The input \`${name}\` is invalid`, { expected, found });
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
