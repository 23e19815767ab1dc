import type { Permissions } from "../state.ts";

const SCOPES = [
  "actions",
  "attestations",
  "checks",
  "contents",
  "deployments",
  "discussions",
  "id-token",
  "issues",
  "packages",
  "pages",
  "pull-requests",
  "statuses",
] as const;
const RANK = { none: 0, read: 1, write: 2, admin: 3 } as const;
type Asked = Readonly<Record<string, "none" | "read" | "write">>;

/** What a repository's Actions settings give where a workflow asks for nothing: GitHub's default since 2023. */
export const DEFAULT_PERMISSIONS: Permissions = { contents: "read", packages: "read" };

/**
 * The permissions of a job's token: what `permissions:` asks for, and never above the `ceiling` of the calling job.
 * Throws, as GitHub refuses the workflow, where a called one asks for more. A fork's token only ever reads.
 */
export function narrow(asked: unknown, ceiling: Permissions | undefined, readOnly: boolean): Permissions {
  const wanted = asked === undefined ? (ceiling ?? DEFAULT_PERMISSIONS) : whole(asked);
  const entries = Object.entries(wanted).map(([scope, level]) => {
    const key = scope.replaceAll("-", "_");
    const most = ceiling?.[key] ?? "none";
    if (ceiling && RANK[level as keyof typeof RANK] > RANK[most])
      throw new Error(`The workflow asks for ${scope}: ${level}, but is only allowed ${scope}: ${most}`);
    return [key, level === "none" || !readOnly ? level : "read"];
  });
  return Object.fromEntries(entries.filter(([, level]) => level !== "none")) as Permissions;
}

function whole(asked: unknown): Asked {
  if (asked === "read-all" || asked === "write-all")
    return Object.fromEntries(SCOPES.map((scope) => [scope, asked === "read-all" ? "read" : "write"]));
  return Object.fromEntries(Object.entries((asked ?? {}) as Asked));
}
