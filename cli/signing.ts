import { signersOf } from "../core/acts/signers.ts";
import type { GitObjects } from "../core/git/objects.ts";
import { gitSigning, type SigningKey } from "../core/git/sign.ts";
import type { Signing } from "../core/registry/sign-tags.ts";

/**
 * A person at the command line signs with their own key, as Git's configuration names it. It is read when there is
 * something to sign.
 */
export function ownSigning(objects: GitObjects, remote: string | undefined): Signing {
  let key: Promise<SigningKey> | undefined;
  return {
    key() {
      key ??= gitSigning(objects.folder);
      return key;
    },
    signers: signersOf({ objects, remote }),
  };
}
