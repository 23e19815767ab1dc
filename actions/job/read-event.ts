import { readFile, stat } from "node:fs/promises";
import { SlipwayError } from "../../core/errors.ts";

/** GitHub sends 25 MB at most. */
const MAX_BYTES = 32 * 1024 * 1024;

/** The payload of the event that started the run. Rejects with USAGE where there is none. */
export async function readEvent({ GITHUB_EVENT_PATH }: Readonly<Record<string, string | undefined>>): Promise<unknown> {
  const refuse = (found: string) =>
    new SlipwayError("USAGE", "The event that started the run cannot be read", {
      expected: "a JSON file at GITHUB_EVENT_PATH, as a runner has it",
      found,
    });
  if (!GITHUB_EVENT_PATH) throw refuse("no GITHUB_EVENT_PATH");
  const about = await stat(GITHUB_EVENT_PATH).catch(() => undefined);
  if (!about?.isFile() || about.size > MAX_BYTES) throw refuse(about ? `${about.size} bytes` : "no such file");
  try {
    return JSON.parse(await readFile(GITHUB_EVENT_PATH, "utf8"));
  } catch {
    throw refuse("something that is not JSON");
  }
}
