import { Hono } from "hono";
import { MlflowError } from "../../../api/mlflow/errors.ts";
import { frontPage } from "../../../api/mlflow/front-page.ts";
import { mlflowApi } from "../../../api/mlflow/http.ts";
import { credential } from "../../../api/mlflow/plain-callers.ts";
import { requesterOf } from "../../commands/run/requester.ts";
import type { Account } from "../../github/account.ts";
import type { EventContext } from "../../github/event-context.ts";
import type { GitHubPeople } from "../people/github-people.ts";
import { mlflowHost } from "./mlflow-host.ts";

export interface MlflowRoutesParts {
  people: GitHubPeople;
  /** Opens the context of a repository; resolves to undefined if the App is not installed there. */
  within<T>(repository: string, act: (context: EventContext) => Promise<T>): Promise<T | undefined>;
  onError?(error: unknown): void;
}

/**
 * MLflow's API of every repository that the App serves, below `/mlflow/<owner>/<name>`: a client takes that as its
 * tracking URI. GitHub says whose the token is, and the policy says what that person may do, as for a comment.
 */
export function mlflowRoutes({ people, within, onError }: MlflowRoutesParts): Hono {
  const api = mlflowApi({
    onError,
    async enter(request, act) {
      const repository = repositoryOf(request);
      const token = credential(request);
      if (token === undefined)
        throw new MlflowError(
          "UNAUTHENTICATED",
          "This server asks for a GitHub token: set MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_PASSWORD with any user name.",
        );
      const owner = await ownerOf(people, token, repository);
      const entered = await within(repository, async (context) => {
        const { person, authorize: allowed } = requesterOf(context, owner);
        return { answer: await act(mlflowHost(context, writes(request)), { person, authorize: allowed }) };
      });
      if (entered === undefined)
        throw new MlflowError("RESOURCE_DOES_NOT_EXIST", `The App is not installed in ${repository}.`);
      return entered.answer;
    },
  });
  const pages = ({ req }: { req: { param(): Record<string, string> } }) => {
    const { owner = "", name = "" } = req.param();
    return frontPage(`/r/${encodeURIComponent(owner)}/${encodeURIComponent(name)}/`);
  };
  const at = "/mlflow/:owner/:name";
  return new Hono().get(at, pages).get(`${at}/`, pages).route(at, api);
}

/** The account of a token's owner. Rejects with UNAUTHENTICATED, or with TEMPORARILY_UNAVAILABLE if GitHub does not answer. */
async function ownerOf(people: GitHubPeople, token: string, repository: string): Promise<Account> {
  const standing = await people.standing(token, repository);
  if (standing.outcome === "sees") return standing.account;
  if (standing.outcome === "away")
    throw new MlflowError("TEMPORARILY_UNAVAILABLE", "GitHub did not answer: who asks cannot be known now.");
  throw new MlflowError(
    "UNAUTHENTICATED",
    "GitHub does not know this token, or it does not open this repository: set MLFLOW_TRACKING_TOKEN to one of yours that reads it.",
  );
}

/** MLflow's clients ask for the latest versions by POST. */
function writes({ method, url }: Request): boolean {
  return method !== "GET" && !new URL(url).pathname.endsWith("/registered-models/get-latest-versions");
}

function repositoryOf(request: Request): string {
  const [, owner, name] = /^\/mlflow\/([\w.-]{1,100})\/([\w.-]{1,100})\//.exec(new URL(request.url).pathname) ?? [];
  if (owner === undefined || name === undefined || /^\.+$/.test(owner) || /^\.+$/.test(name))
    throw new MlflowError("ENDPOINT_NOT_FOUND", "The tracking URI is …/mlflow/<owner>/<name>.");
  return `${owner}/${name}`;
}
