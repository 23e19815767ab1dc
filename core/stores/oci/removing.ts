import type { Patience } from "../patience.ts";
import { bytesSource } from "../source.ts";
import type { RegistryClient } from "./client.ts";
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
