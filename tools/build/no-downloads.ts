/** Stands for `npx-import-light` in the bundle: Probot would install packages as it runs, and a server runs what it was built of. */
export function npxImport(name: string): never {
  throw new Error(`${name} is not part of this build`);
}
