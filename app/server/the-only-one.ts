import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { sha256 } from "../../core/canonical.ts";
import { withLock } from "../../core/file-lock.ts";
import { ownerOf } from "../../core/process-owner.ts";

/**
 * Holds the state folder for this process until the function that it resolves to is called: two that catch up with the same
 * repositories answer comments twice. Rejects with LOCKED while another process of this machine lives that has it. Another
 * machine's cannot be asked whether it lives, so it is not looked for: docs/app.md says to run one.
 */
export async function beTheOnlyOne(folder: string): Promise<() => void> {
  const owner = ownerOf(process.pid);
  const lock = join(folder, "running", sha256(`${owner.host} ${owner.namespace}`).slice(0, 16));
  await mkdir(lock, { recursive: true });
  const holder = { ...owner, refs: {}, since: Date.now() };
  const doing = "running the App with this state folder";
  return await new Promise((resolve, reject) => {
    const work = () => new Promise<void>((release) => resolve(release));
    withLock(lock, { holder, doing, patience: 0 }, work).catch(reject);
  });
}
