import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * Runs inside Git's own transaction, where the pushed objects can be read. What the server decided before arrives as
 * SANDBOX_REFUSED (words for the pusher) and SANDBOX_FORWARD_ONLY (refs, one a line).
 */
const PRE_RECEIVE = `#!/bin/sh
refused="$SANDBOX_REFUSED"
while read -r old new ref; do
  case "$old$new" in *0000000000000000000000000000000000000000*) continue ;; esac
  printf '%s\\n' "$SANDBOX_FORWARD_ONLY" | grep -Fxq -- "$ref" || continue
  git merge-base --is-ancestor "$old" "$new" ||
    refused="$refused
GH013: Repository rule violations found for $ref.
- Cannot force-push to this branch"
done
[ -z "$refused" ] && exit 0
printf '%s\\n' "$refused" | sed '/./!d;s/^/error: /' >&2
exit 1
`;

/** Only what really moved reaches this hook: from it come the webhooks of a push. */
const POST_RECEIVE = `#!/bin/sh
cat > "$SANDBOX_MOVED"
`;

/** Writes the hooks that every bare repository shares; resolves to their folder. */
export async function writeHooks(folder: string): Promise<string> {
  const hooks = join(folder, "hooks");
  await mkdir(hooks, { recursive: true });
  await writeFile(join(hooks, "pre-receive"), PRE_RECEIVE, { mode: 0o755 });
  await writeFile(join(hooks, "post-receive"), POST_RECEIVE, { mode: 0o755 });
  return hooks;
}
