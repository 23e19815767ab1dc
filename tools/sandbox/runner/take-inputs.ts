import { text } from "./expressions.ts";

/** An input as a workflow declares it. */
export interface DeclaredInput {
  type?: "string" | "number" | "boolean" | "choice";
  required?: boolean;
  default?: unknown;
  options?: readonly string[];
}

const EMPTY = { string: "", choice: "", number: 0, boolean: false };

/** A workflow's inputs as it sees them. Throws where one is not declared, is missing, or is of another type. */
export function takeInputs(
  file: string,
  declared: Readonly<Record<string, DeclaredInput | null>>,
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const strange = Object.keys(given).find((name) => !Object.hasOwn(declared, name));
  if (strange !== undefined) throw new Error(`${file}: input ${strange} is not defined`);
  return Object.fromEntries(
    Object.entries(declared).map(([name, input]) => {
      const { type = "string", required = false, default: usual, options } = input ?? {};
      if (required && !(name in given)) throw new Error(`${file}: input ${name} is required`);
      const value = (name in given ? given[name] : usual) ?? EMPTY[type];
      return [name, typed(`${file}: input ${name}`, value, type, options)];
    }),
  );
}

/** What a dispatch gives, in the declared types: GitHub's API takes texts for all of them. */
export function dispatchedInputs(
  declared: Readonly<Record<string, DeclaredInput | null>>,
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const typedAs = (type: DeclaredInput["type"], value: unknown) => {
    if (type === "boolean" && (value === "true" || value === "false")) return value === "true";
    return type === "number" && typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  };
  const entries = Object.entries(given).map(([name, value]) => {
    const input = Object.hasOwn(declared, name) ? declared[name] : undefined;
    return [name, typedAs(input?.type, value)] as const;
  });
  return Object.fromEntries(entries);
}

function typed(what: string, value: unknown, type: keyof typeof EMPTY, options?: readonly string[]): unknown {
  const refusal = `${what} is declared as ${type}, and ${JSON.stringify(value)} is none`;
  if (type === "string" || type === "choice") {
    if (typeof value === "object") throw new Error(refusal);
    if (type === "choice" && !options?.includes(text(value))) throw new Error(`${refusal} of ${options?.join(", ")}`);
    return text(value);
  }
  if (typeof value !== type) throw new Error(refusal);
  return value;
}
