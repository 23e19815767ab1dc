import { z } from "zod";
import { SlipwayError } from "../../core/errors.ts";

const NAMES = ["ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"] as const;
const Answer = z.object({ value: z.string().min(1).max(32_768) });
const PATIENCE = 30_000;

/** GitHub's OIDC tokens for this job, by audience. The toolkit's own client would load another HTTP client at each start. */
export function idTokens(env: Readonly<Record<string, string | undefined>>) {
  const [url, token] = NAMES.map((name) => env[name]);
  return async (audience: string): Promise<string> => {
    if (!url || !token) throw failed("the job has no `permissions: { id-token: write }`");
    const asked = new URL(url);
    asked.searchParams.set("audience", audience);
    const headers = { authorization: `Bearer ${token}`, accept: "application/json" };
    const answer = await fetch(asked, { headers, redirect: "error", signal: AbortSignal.timeout(PATIENCE) }).catch(
      (cause: Error) => Promise.reject(failed(cause.message, cause)),
    );
    if (!answer.ok) throw failed(`GitHub answered ${answer.status}`);
    const parsed = Answer.safeParse(await answer.json().catch(() => undefined));
    if (!parsed.success) throw failed("an answer without a token");
    return parsed.data.value;
  };
}

function failed(found: string, cause?: unknown): SlipwayError {
  return new SlipwayError("SYSTEM_FAILED", "GitHub gave this job no OIDC token, which `aws-role` needs", {
    expected: "a job with `permissions: { id-token: write }`, whose callers grant it",
    found,
    ...(cause === undefined ? {} : { cause }),
  });
}
