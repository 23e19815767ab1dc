// Writes schemas/json/ from the zod schemas, the table of docs/commands.md from the grammar, and the workflows of the default
// branch from those of pull requests; tests fail where they differ.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { withCommandTable } from "./command-table.ts";
import { jsonSchemas } from "./json-schemas.ts";
import { registerWorkflows } from "./register-workflows.ts";

const folder = new URL("../../schemas/json/", import.meta.url);
mkdirSync(folder, { recursive: true });
for (const [name, text] of Object.entries(jsonSchemas())) writeFileSync(new URL(name, folder), text);

const commands = new URL("../../docs/commands.md", import.meta.url);
writeFileSync(commands, withCommandTable(readFileSync(commands, "utf8")));

for (const [file, text] of Object.entries(registerWorkflows()))
  writeFileSync(new URL(`../../${file}`, import.meta.url), text);
