// `npm run dev`: the stand-in for GitHub with a models repository on it, and the App, from their sources. The App starts again
// when a file changes that it imports; the Actions are read from source by each job; a change of the stand-in itself starts
// all of it again, with a fresh repository. Ctrl-C ends it.
import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { registerApp } from "../demo/github-home/register-app.ts";
import { releaseRefs } from "../demo/github-home/release-refs.ts";
import { modelsRepository } from "../demo/models-repository.ts";
import { freePort } from "../free-port.ts";
import { workflowRunner } from "../sandbox/runner/runner.ts";
import { startSandbox } from "../sandbox/start.ts";
import { type WatchedProgram, watchProgram } from "./program.ts";
import { layOutSources } from "./source-package.ts";

const SLIPWAY = [
  "--import",
  import.meta.resolve("tsx"),
  fileURLToPath(new URL("../../cli/slipway.ts", import.meta.url)),
];
const ID = 812_345_678;

const root = await realpath(await mkdtemp(join(tmpdir(), "slipway-dev-")));
const released = join(root, "package");
const store = join(root, "store", String(ID));
await mkdir(store, { recursive: true });
layOutSources(released);
const sandbox = await startSandbox({
  runner: workflowRunner({ packaged: { name: "slipway/slipway", folder: released, refs: await releaseRefs() } }),
});
let app: WatchedProgram | undefined;
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void end());

for (const login of ["ada", "rolf", "mia"]) sandbox.addUser(login);
const { fullName } = await sandbox.addRepository({
  ...{ owner: "acme", name: "models", id: ID, collaborators: { ada: "write", rolf: "maintain", mia: "read" } },
  files: modelsRepository(join(root, "start"), store, SLIPWAY),
});
const { added, environment, listensAt } = await registerApp(sandbox, join(root, "state"), await freePort());
await added.install(fullName);
app = await watchProgram("app/main.ts", {
  environment: { ...environment, SLIPWAY_STORES: `file:${join(root, "store")}`, SLIPWAY_CATCH_UP_MINUTES: "1440" },
  ready: "/readyz",
});
listensAt(app.url);
console.log(`
Ready. What stands in for github.com is a test instrument on this machine, and forgets everything when it ends.
  pull requests  ${sandbox.url}/${fullName}
  API            ${sandbox.url}
  App            ${app.url} (sign in as whom you like)
  clone as ada   git clone ${sandbox.gitUrl("ada", fullName)}
Ada may write, Rolf maintains, Mia may read. Ctrl-C ends all of it.
`);

async function end(): Promise<void> {
  await app?.end();
  await sandbox.close();
  await rm(root, { recursive: true, force: true });
  process.exit(0);
}
