import type { Removal } from "../blobs.ts";
import type { Patience } from "../patience.ts";
import { bytesSource } from "../source.ts";
import type { RegistryClient } from "./client.ts";
import { discard } from "./exchange.ts";
import { fileManifest } from "./manifest.ts";
import type { References } from "./references.ts";
import { upload } from "./transfer.ts";

/** The tag of whoever removes: a put that sees it waits until it is over. */
const REMOVING = "removing";
const REMOVES_WITHIN = 10 * 60 * 1_000;
const LOCK_ARTIFACT = "application/vnd.slipway.lock.v1";
const LOCKED_AT = "dev.slipway.removing-since";

interface Locked {
  client: RegistryClient;
  references: References;
}

/**
 * Does `act` while the tag says that somebody removes. Whoever removes sets it before they look at the day of a manifest, and
 * whoever puts looks for it after they have set the day: one of them sees the other.
 */
export async function whileRemoving<T>(locked: Locked, patience: Patience, act: () => Promise<T>): Promise<T> {
  await setLock(locked, new Date(), patience);
  try {
    return await act();
  } finally {
    await setLock(locked, undefined, patience);
  }
}

export async function isRemoving(references: References, patience: Patience): Promise<boolean> {
  const lock = await references.get(REMOVING, patience);
  const since = Date.parse(lock?.annotations?.[LOCKED_AT] ?? "");
  return Math.abs(Date.now() - since) < REMOVES_WITHIN;
}

async function setLock({ client, references }: Locked, since: Date | undefined, patience: Patience): Promise<void> {
  const lock = fileManifest(await upload(client, bytesSource(Buffer.from("{}")), patience), "lock", undefined);
  const value = { ...JSON.parse(lock.bytes.toString()), artifactType: LOCK_ARTIFACT };
  const annotations = { [LOCKED_AT]: since === undefined ? "" : since.toISOString() };
  const bytes = Buffer.from(JSON.stringify({ ...value, annotations }));
  await references.put({ ...lock, bytes }, REMOVING, patience);
}

/** What the owner types where the registry removes nothing by itself; undefined for another. */
export function removedByOwner({ host, repository }: RegistryClient, name: string): Removal | undefined {
  return host === "ghcr.io" ? { outcome: "owner", command: packagesCommand(repository, name) } : undefined;
}

/** Removes a manifest by its digest, `sha256:…`, with all tags that lead to it. */
export async function removeManifest(client: RegistryClient, name: string, patience: Patience): Promise<Removal> {
  const response = await client.persist(patience, () =>
    client.send({ method: "DELETE", path: `manifests/${name}`, access: "delete" }, patience),
  );
  if (response.statusCode === 405) {
    await discard(response);
    const url = `https://${client.host}/v2/${client.repository}/manifests/${name}`;
    return { outcome: "owner", command: `curl --fail --request DELETE ${url}` };
  }
  await client.expect(response, [202, 404], `to delete ${name}`);
  await discard(response);
  return { outcome: "removed" };
}

/** GitHub's packages are deleted by their owner, through its API and not the registry's. It has organizations' and people's apart. */
function packagesCommand(repository: string, name: string): string {
  const [owner = "", ...rest] = repository.split("/");
  const kind = `gh api users/${owner} --jq 'if .type == "Organization" then "orgs" else "users" end'`;
  const versions = `/$kind/${owner}/packages/container/${encodeURIComponent(rest.join("/"))}/versions`;
  const find = `gh api --paginate "${versions}" --jq '.[] | select(.name == "${name}") | .id'`;
  return `kind=$(${kind}) && ${find} | xargs -I ID gh api --method DELETE "${versions}/ID"`;
}
