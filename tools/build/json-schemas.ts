import { z } from "zod";
import { CATALOG } from "../../schemas/catalog.ts";

/** The JSON Schemas as files: name → text. `io: input` is what a person writes. */
export function jsonSchemas(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(CATALOG).map(([name, { schema, title }]) => [
      `${name}.json`,
      `${JSON.stringify({ ...z.toJSONSchema(schema, { io: "input", target: "draft-7" }), title }, undefined, 2)}\n`,
    ]),
  );
}
