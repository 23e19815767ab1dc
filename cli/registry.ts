import { openRegistry } from "../core/registry/open.ts";
import type { Registry } from "../core/registry/registry.ts";
import type { Session } from "./command.ts";

/** The registry alone, for commands that only read it: neither policy nor store nor work tree is looked at. */
export async function withRegistry<T>(
  { folder }: Session,
  remote: string | undefined,
  act: (registry: Registry) => Promise<T>,
): Promise<T> {
  const registry = await openRegistry({ folder, ...(remote === undefined ? {} : { remote }) });
  try {
    return await act(registry);
  } finally {
    await registry.close();
  }
}
