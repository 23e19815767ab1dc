/**
 * Whose the folder is, and so what it means that bytes are not there. `own` (default): this repository's, so they are
 * gone. `shared`: of all who mount it, so that without the folder nobody here can tell. `each`: every clone has
 * another one, so that they may be on somebody else's disk.
 */
export type Reach = "own" | "shared" | "each";
