import type { OpenedPull, PullHost } from "../../core/acts/pull-host.ts";
import { timestamp } from "../../core/clock.ts";
import { SlipwayError } from "../../core/errors.ts";
import type { EventContext } from "../github/event-context.ts";

/** GitHub's pull requests of branches of the repository itself, onto its default branch. */
export function pullHost({ octokit, repository, app, ports }: EventContext): PullHost {
  const { owner, name: repo, defaultBranch: base } = repository;
  const { pulls } = octokit.rest;
  const findLast = async (branch: string): Promise<OpenedPull | undefined> => {
    const { data } = await pulls.list({
      ...{ owner, repo, base, head: `${owner}:${branch}`, state: "all", sort: "created", direction: "desc" },
      per_page: 10,
    });
    const found = data.find(({ state }) => state === "open") ?? data[0];
    if (found === undefined) return undefined;
    const { number, state, merged_at: merged, closed_at: closed, body, user } = found;
    return {
      number,
      state: merged ? "merged" : state === "open" ? "open" : "closed",
      // A person's own words say nothing of pins, whatever they copied.
      body: user?.login === app.login ? (body ?? "") : undefined,
      closedAt: closed ? timestamp(new Date(closed)) : undefined,
    };
  };
  return {
    findLast,
    async open({ branch, title, body }) {
      const before = await findLast(branch);
      if (before?.state === "open") return before.number;
      // What a broken connection left undone is found by its branch, and not tried again blindly.
      const asked = { owner, repo, base, head: branch, title, body, request: { retries: 0 } };
      const { data } = await pulls.create(asked).catch((error: unknown) => {
        if ((error as { status?: unknown }).status === 422) throw untaken(branch, error);
        throw isForbidden(error) ? forbidden(branch, error) : error;
      });
      return data.number;
    },
    async describe(number, { title, body }) {
      await pulls.update({ owner, repo, pull_number: number, title, body });
    },
    // What a workflow's own token opens starts no run.
    opensFirst: ports.name === "bot",
  };
}

function isForbidden(error: unknown): boolean {
  return (error as { status?: unknown }).status === 403 && /not permitted to create/i.test(String(error));
}

function forbidden(branch: string, cause: unknown): SlipwayError {
  return new SlipwayError("NOT_ALLOWED", `GitHub lets no workflow open a pull request here: ${branch} waits for one`, {
    hint: "Settings → Actions → General → Workflow permissions: allow GitHub Actions to create pull requests; or open it by hand.",
    cause,
  });
}

/** As where there is nothing between the branches: one model's, and no reason to leave the others alone. */
function untaken(branch: string, cause: unknown): SlipwayError {
  return new SlipwayError("NOT_ALLOWED", `GitHub takes no pull request of ${branch}`, {
    found: String(cause).slice(0, 300),
    cause,
  });
}
