import { SlipwayError } from "../errors.ts";

const MAX_KEY = 250;
const MAX_VALUE = 100_000;
const MAX_LABELS = 1_000;
const MAX_ALIAS = 255;

/** Tags as people put them on models and versions. Rejects with LABEL_INVALID what MLflow would not take. */
export function withLabel(
  labels: Readonly<Record<string, string>>,
  key: string,
  value: string,
): Record<string, string> {
  // `__proto__` would vanish on the way through a parser.
  if (key === "" || key.length > MAX_KEY || !/^[/\p{L}\p{N}_.\- :]*$/u.test(key) || key === "__proto__")
    throw new SlipwayError("LABEL_INVALID", `A tag cannot be called ${JSON.stringify(key.slice(0, 300))}`, {
      expected: `letters, digits, spaces and _ - . / :, at most ${MAX_KEY}`,
    });
  if (value.length > MAX_VALUE)
    throw new SlipwayError("LABEL_INVALID", `The tag ${key} is too long`, {
      expected: `at most ${MAX_VALUE} characters`,
      found: `${value.length}`,
    });
  const next = { ...labels, [key]: value };
  if (Object.keys(next).length > MAX_LABELS)
    throw new SlipwayError("LABEL_INVALID", `There are ${MAX_LABELS} tags already`, {
      hint: "Delete some that nobody reads.",
    });
  return next;
}

export function withoutKey<Value>(values: Readonly<Record<string, Value>>, key: string): Record<string, Value> {
  return Object.fromEntries(Object.entries(values).filter(([each]) => each !== key));
}

/** A description, as long as MLflow takes it. Rejects with LABEL_INVALID. */
export function checkedDescription(description: string): string {
  if (description.length <= MAX_VALUE) return description;
  throw new SlipwayError("LABEL_INVALID", "The description is too long", {
    expected: `at most ${MAX_VALUE} characters`,
    found: `${description.length}`,
  });
}

/** Rejects with ALIAS_INVALID: `latest`, `3` and `v3` would be read as something else. */
export function checkAlias(alias: string): void {
  const reserved = /^(latest|v?\d+)$/i.test(alias);
  if (
    !reserved &&
    alias !== "" &&
    alias.length <= MAX_ALIAS &&
    /^[\p{L}\p{N}_-]+$/u.test(alias) &&
    alias !== "__proto__"
  )
    return;
  throw new SlipwayError("ALIAS_INVALID", `${JSON.stringify(alias.slice(0, 300))} cannot be an alias`, {
    expected: `letters, digits, - and _, at most ${MAX_ALIAS}; neither latest nor a number, with v or without`,
  });
}
