import { getOctokit } from "@actions/github";
import { SlipwayError } from "../../core/errors.ts";

/** GitHub's API as an Action calls it, and the repository that it asks about. */
export interface GitHubApi {
  octokit: ReturnType<typeof getOctokit>;
  repository: { owner: string; name: string };
}

/** `fullName` is owner/name. Loading the client takes a moment: import this where it is needed. */
export function githubApi(token: string, fullName: string, apiUrl: string): GitHubApi {
  const [owner = "", name = ""] = fullName.split("/");
  return { octokit: getOctokit(token, { baseUrl: apiUrl }), repository: { owner, name } };
}

/** What a call answers; undefined where GitHub has no such thing, or does not show it. Rejects with REMOTE_FAILED. */
export async function found<T>(call: Promise<{ data: T }>): Promise<T | undefined> {
  try {
    return (await call).data;
  } catch (cause) {
    const { status } = cause as { status?: number };
    if (status === 404 || status === 403 || status === 410) return undefined;
    throw new SlipwayError("REMOTE_FAILED", "GitHub could not be reached, or refused", {
      found: cause instanceof Error ? cause.message.slice(0, 300) : String(cause),
      hint: "Run the failed jobs again.",
      cause,
    });
  }
}
