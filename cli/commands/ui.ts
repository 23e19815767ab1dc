import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createAdaptorServer } from "@hono/node-server";
import { readAhead } from "../../api/portal/model-index/open-index.ts";
import { openPortalHost } from "../../api/portal/open-host.ts";
import { plainRetrain } from "../../api/portal/plain-retrain.ts";
import { SlipwayError } from "../../core/errors.ts";
import { person } from "../../core/git/workspace.ts";
import type { UiResult } from "../../schemas/cli-output.ts";
import type { CommandOutcome, Session } from "../command.ts";
import { cannotListen, portNumber, urlOf } from "../listening.ts";
import { withPorts } from "../ports.ts";
import { browserCommand } from "../ui/browser-command.ts";
import { openDoor } from "../ui/door.ts";
import { uiApp } from "../ui/ui-app.ts";

const DEFAULT_PORT = "5050";
const LOOPBACK_ADDRESSES: readonly string[] = ["127.0.0.1", "localhost", "::1"];
const READ_ONLY = "Start it with `slipway ui --write` to change anything from here.";

interface Options {
  port?: string;
  host?: string;
  write?: boolean;
  open?: boolean;
}

/** `slipway ui`: pages to look at this repository's models, for this machine alone, until it is interrupted. */
export async function run(session: Session, _args: object, options: Options): Promise<CommandOutcome> {
  const { port = DEFAULT_PORT, host: address = "127.0.0.1", write = false, open = true } = options;
  const wanted = portNumber(port);
  if (!LOOPBACK_ADDRESSES.includes(address))
    throw new SlipwayError("USAGE", "others would reach these pages", {
      expected: `an address of this machine alone: ${LOOPBACK_ADDRESSES.join(", ")}`,
      found: address,
      hint: "From another machine: `ssh -L 5050:127.0.0.1:5050 <this one>`, and open the printed address there. For a team: the App.",
    });
  return withPorts(session, undefined, async (ports) => {
    // Who looks and changes nothing needs no name.
    const by = await person(ports.workspace).catch((error: unknown) => {
      if (write) throw error;
      return { name: "nobody", id: "nobody" };
    });
    const visitor = { person: by, readOnly: write ? undefined : READ_ONLY };
    const host = openPortalHost(ports, {
      packageRoot: session.packageRoot,
      retrain: plainRetrain(ports, session.env),
    });
    // Read before the first page: a large registry takes a moment.
    await readAhead(host);
    const server = createAdaptorServer({ fetch: (request) => app.fetch(request) }) as Server;
    await listening(server, wanted, address);
    const home = urlOf(address, (server.address() as AddressInfo).port);
    const door = openDoor((server.address() as AddressInfo).port);
    const link = () => `${home}/?token=${door.token()}`;
    const { progress } = session;
    const app = uiApp({
      ...{ host, visitor, door, assets: join(session.packageRoot, "api/portal/assets") },
      onOpened: () => progress.note(`a browser is in; the next one opens ${link()}`),
      onError: (error) => progress.note(error instanceof Error ? (error.stack ?? error.message) : String(error)),
    });
    const result: UiResult = { url: link() };
    session.answer({ result, text: `${result.url}\n${ABOUT}` });
    if (open && !session.json) openBrowser(session, link());
    if (!session.signal.aborted) await once(session.signal, "abort");
    server.close();
    server.closeAllConnections();
    return { result, text: "" };
  });
}

const ABOUT = "It lets one browser of this machine in. Ctrl-C ends it.";

function openBrowser({ env, isWatched }: Session, url: string): void {
  const [program, ...args] = browserCommand(url, { env, platform: process.platform, isWatched }) ?? [];
  if (program === undefined) return;
  const child = spawn(program, args, { stdio: "ignore", detached: true });
  // The address is printed: whoever has no such program opens it.
  child.once("error", () => {});
  child.unref();
}

async function listening(server: Server, port: number, host: string): Promise<void> {
  server.listen(port, host);
  await new Promise<void>((resolve, reject) => {
    server.once("listening", resolve);
    server.once("error", (cause) => reject(cannotListen(host, port, cause)));
  });
}
