import { z } from "zod";
import type { Keys } from "./yaml.ts";

/** The object and value schemas that may stand at `keys`, chosen by the value where a union leaves a choice. */
function schemasAt(schema: z.core.$ZodType, root: unknown, keys: Keys): z.core.$ZodType[] {
  let schemas = alternatives(schema, root);
  let value = root;
  for (const key of keys) {
    value = valueAt(value, [key]);
    schemas = schemas.flatMap((each) => {
      if (each instanceof z.ZodObject) {
        const below = (each.shape as Record<string, z.core.$ZodType>)[String(key)] ?? each.def.catchall;
        return below === undefined ? [] : alternatives(below, value);
      }
      if (each instanceof z.ZodRecord) return alternatives(each.valueType, value);
      if (each instanceof z.ZodArray) return alternatives(each.element as z.core.$ZodType, value);
      return [];
    });
  }
  return schemas;
}

function alternatives(schema: z.core.$ZodType, value: unknown): z.core.$ZodType[] {
  if (schema instanceof z.ZodOptional) return alternatives(schema.unwrap(), value);
  if (schema instanceof z.ZodDiscriminatedUnion) {
    const chosen = schema.options.filter((option) => {
      const { metric } = (option as z.ZodObject).shape as { metric?: z.ZodLiteral };
      return metric?.values.has(valueAt(value, ["metric"]) as string);
    });
    return (chosen.length > 0 ? chosen : schema.options).flatMap((option) => alternatives(option, value));
  }
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => alternatives(option, value));
  return [schema];
}

/** The keys that an object may have at `keys`; empty if any may stand. */
export function knownKeys(schema: z.core.$ZodType, root: unknown, keys: Keys): string[] {
  const shapes = schemasAt(schema, root, keys).filter((each) => each instanceof z.ZodObject);
  return [...new Set(shapes.flatMap((each) => Object.keys(each.shape)))];
}

/** What the schema's author says a value at `keys` is. */
export function describedAt(schema: z.core.$ZodType, root: unknown, keys: Keys): string | undefined {
  return schemasAt(schema, root, keys)
    .map((each) => z.globalRegistry.get(each)?.description)
    .find((text) => text !== undefined);
}

export function valueAt(root: unknown, keys: Keys): unknown {
  let value = root;
  for (const key of keys) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string | number, unknown>)[key];
  }
  return value;
}
