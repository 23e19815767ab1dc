// Writes schemas/json/ from the zod schemas; test/schemas/json.test.ts fails where the two differ.
import { mkdirSync, writeFileSync } from "node:fs";
import { jsonSchemas } from "./json-schemas.ts";

const folder = new URL("../schemas/json/", import.meta.url);
mkdirSync(folder, { recursive: true });
for (const [name, text] of Object.entries(jsonSchemas())) writeFileSync(new URL(name, folder), text);
