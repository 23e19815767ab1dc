import { startSandbox } from "./start.ts";

/** `tsx tools/sandbox/main.ts [<owner>/<name>=<folder of a repository> …]`: serves them until it is interrupted. */
const sandbox = await startSandbox({ port: Number(process.env["PORT"] ?? 0) });
console.log(`This is a stand-in for GitHub, and not GitHub: it forgets everything when it ends.\n${sandbox.url}\n`);
const { token } = sandbox.addUser("ada", "Ada Lovelace");
console.log(`ada may do everything, with the token ${token}`);
for (const argument of process.argv.slice(2)) {
  const [, owner, name, source] = /^([^/=]+)\/([^/=]+)=(.+)$/.exec(argument) ?? [];
  if (owner === undefined || name === undefined || source === undefined)
    throw new Error(`${argument}: not <owner>/<name>=<folder>`);
  await sandbox.addRepository({ owner, name, source, collaborators: { ada: "admin" } });
  console.log(`git clone ${sandbox.gitUrl("ada", `${owner}/${name}`)}`);
}
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void sandbox.close());
