/** A part of a path that differs from record to record. */
export interface PathField<Name extends string, Value> {
  name: Name;
  /** What its text looks like: a regular expression without groups. */
  pattern: string;
  format(value: Value): string;
  /** The inverse of `format`; undefined for a text that `format` never gives. */
  parse(text: string): Value | undefined;
}

/** The paths of one kind of record, written and read by one pattern: `parse` is the inverse of `format`. */
export interface PathTemplate<At> {
  /** The first folder of each path. */
  top: string;
  /** The folder that these paths have between their first field and the next. */
  inside: string;
  format(at: At): string;
  /** Undefined for every path that `format` never gives. */
  parse(path: string): At | undefined;
}

// biome-ignore lint/suspicious/noExplicitAny: a field's value is whatever it formats and parses.
type AnyField = PathField<string, any>;

type ValuesOf<Fields extends readonly AnyField[]> = {
  [Field in Fields[number] as Field["name"]]: Field extends PathField<string, infer Value> ? Value : never;
};

/** A path's template: path`models/${MODEL}/versions/${VERSION}.json`. */
export function path<const Fields extends readonly AnyField[]>(
  literals: TemplateStringsArray,
  ...fields: Fields
): PathTemplate<ValuesOf<Fields>> {
  const escaped = literals.map((literal) => literal.replace(/[.]/g, "\\$&"));
  const pattern = new RegExp(`^${escaped.map((text, at) => text + group(fields[at])).join("")}$`);
  const [begin = "", next = ""] = literals;
  return {
    top: begin.slice(0, begin.indexOf("/")),
    inside: next.slice(1, Math.max(1, next.lastIndexOf("/"))),
    format: (at) =>
      literals.map((literal, index) => literal + textOf(fields[index], at as Record<string, unknown>)).join(""),
    parse(text) {
      const found = pattern.exec(text);
      if (found === null) return undefined;
      const values: Record<string, unknown> = {};
      for (const [index, field] of fields.entries()) {
        const value: unknown = field.parse(found[index + 1] as string);
        if (value === undefined) return undefined;
        values[field.name] = value;
      }
      return values as ValuesOf<Fields>;
    },
  };
}

function group(field: AnyField | undefined): string {
  return field === undefined ? "" : `(${field.pattern})`;
}

function textOf(field: AnyField | undefined, at: Readonly<Record<string, unknown>>): string {
  return field === undefined ? "" : field.format(at[field.name]);
}
