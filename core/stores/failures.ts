import { SlipwayError } from "../errors.ts";

/** A system's error (disk full, no permission) as STORE_FAILED; bugs stay as they are. */
export async function guarded<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (error instanceof SlipwayError || typeof code !== "string") throw error;
    throw new SlipwayError("STORE_FAILED", `The artifact store failed: ${(error as Error).message}`, {
      found: code,
      ...(code === "ENOSPC" ? { hint: "The disk is full." } : {}),
      cause: error,
    });
  }
}
