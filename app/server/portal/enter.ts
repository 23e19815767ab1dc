import type { PortalHost, Visitor } from "../../../api/portal/request/host.ts";
import { PortalRefusal } from "../../../api/portal/request/refusal.ts";
import { authorizeApprover } from "../../commands/run/command-context.ts";
import { requesterOf } from "../../commands/run/requester.ts";
import type { EventContext } from "../../github/event-context.ts";
import type { GitHubPeople } from "../people/github-people.ts";
import { portalHost } from "./portal-host.ts";
import type { PersonalAccess } from "./propose.ts";
import type { Sessions, SignedIn } from "./sessions.ts";

export interface EnterParts {
  people: GitHubPeople;
  sessions: Sessions;
  /** How GitHub is reached as a person. */
  reach: Omit<PersonalAccess, "token">;
  /** See PortalHost. */
  packageRoot?: string | undefined;
  /** Opens the context of a repository, `owner/name`; resolves to undefined if the App is not installed there. */
  within<T>(repository: string, act: (context: EventContext) => Promise<T>): Promise<T | undefined>;
}

/**
 * Lets in whoever is signed in and sees the repository on GitHub by their own token. All others get one answer, whether there
 * is such a repository or not; GitHub is asked in both cases, and nothing else. For what writes GitHub is asked anew, and the
 * policy's roles are asked of GitHub at that moment, too.
 */
export function enterPortal({ people, sessions, reach, packageRoot, within }: EnterParts) {
  return async <T>(request: Request, act: (host: PortalHost, visitor: Visitor) => Promise<T>): Promise<T> => {
    const repository = repositoryOf(request);
    const session = await sessions.of(request);
    if (session === undefined) throw signedOut(request);
    if (repository === undefined) throw new PortalRefusal({ why: "not-found" });
    const writes = request.method !== "GET" && request.method !== "HEAD";
    const standing = await people.standing(session.token, repository, writes);
    if (standing.outcome === "unknown") throw signedOut(request);
    if (standing.outcome === "hidden") throw new PortalRefusal({ why: "not-found" });
    if (standing.outcome === "away") {
      const message = "GitHub did not answer: who may see this cannot be known now";
      throw new PortalRefusal({ why: "unavailable", message });
    }
    const entered = await within(repository, async (context) => {
      const host = { ...portalHost(context, { ...reach, token: session.token }, writes), packageRoot };
      return { answer: await act(host, visitorOf(context, { ...session, account: standing.account }, sessions)) };
    });
    if (entered === undefined) throw new PortalRefusal({ why: "not-found" });
    return entered.answer;
  };
}

function visitorOf(context: EventContext, session: SignedIn, sessions: Sessions): Visitor {
  const requester = requesterOf(context, session.account);
  return {
    person: requester.person,
    authorize: requester.authorize,
    mayApprove: authorizeApprover({ context, requester }),
    session: { id: session.id, secret: sessions.secret(session) },
    signOut: "/logout",
  };
}

/** Undefined for what no repository is called. */
function repositoryOf({ url }: Request): string | undefined {
  const [, owner, name] = /^\/r\/([\w.-]{1,100})\/([\w.-]{1,100})(?:\/|$)/.exec(new URL(url).pathname) ?? [];
  const isNamed = owner !== undefined && name !== undefined && !/^\.+$/.test(owner) && !/^\.+$/.test(name);
  return isNamed ? `${owner}/${name}` : undefined;
}

/** Where somebody signs in, to come back to where they were. */
export function signedOut({ url }: Pick<Request, "url">): PortalRefusal {
  const { pathname, search } = new URL(url);
  return new PortalRefusal({ why: "signed-out", to: `/login?${new URLSearchParams({ to: `${pathname}${search}` })}` });
}
