import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SlipwayError } from "../../core/errors.ts";
import { gitConfiguration, tokenEnvironment } from "../../core/git/credentials.ts";
import type { EventRepository } from "../github/event-repository.ts";

/** GitHub's own host key, as it publishes it: a server in between has another one. */
const GITHUB_HOST_KEY = "github.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";

/** How a workflow's Git reaches its repository. */
export interface BotRemote {
  url: string;
  environment: Record<string, string>;
}

/**
 * How to reach the repository: with an SSH deploy key, which lies in `folder` (the job's own, removed in the end)
 * for ssh to read, or by HTTPS with a token. Rejects with USAGE for a key whose server is not known: otherwise the
 * first server to answer would be believed.
 */
export async function botRemote(
  { fullName, url }: Pick<EventRepository, "fullName" | "url">,
  key: string,
  { server, folder, knownHosts }: { server: string; folder: string; knownHosts: string | undefined },
): Promise<BotRemote> {
  if (!key.startsWith("-----BEGIN")) return { url: `${url}.git`, environment: tokenEnvironment(server, key) };
  const { hostname } = new URL(server);
  const known = knownHosts ?? (hostname === "github.com" ? GITHUB_HOST_KEY : undefined);
  if (known === undefined) {
    throw new SlipwayError("USAGE", `Which SSH host keys ${hostname} has is not known`, {
      expected: "the input `known-hosts`, lines as in ~/.ssh/known_hosts",
    });
  }
  const [keyFile, knownFile] = [join(folder, "deploy-key"), join(folder, "known-hosts")];
  await writeFile(keyFile, `${key.trim()}\n`, { mode: 0o600 });
  await chmod(keyFile, 0o600);
  await writeFile(knownFile, `${known}\n`);
  const options = {
    IdentitiesOnly: "yes",
    BatchMode: "yes",
    StrictHostKeyChecking: "yes",
    UserKnownHostsFile: quoted(knownFile),
    GlobalKnownHostsFile: "/dev/null",
  };
  const words = Object.entries(options).map(([name, value]) => `-o ${name}=${value}`);
  const ssh = ["ssh", "-F /dev/null", `-i ${quoted(keyFile)}`, ...words].join(" ");
  const environment = {
    ...gitConfiguration({ "credential.helper": "" }),
    GIT_SSH_COMMAND: ssh,
    GIT_SSH_VARIANT: "ssh",
  };
  return { url: `ssh://git@${hostname}/${fullName}.git`, environment };
}

/** For the shell that Git starts ssh through. */
function quoted(path: string): string {
  return `'${path.replaceAll("'", "'\\''")}'`;
}
