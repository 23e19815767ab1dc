import type { PortalHost } from "../../../api/portal/request/host.ts";
import { type ProposedFiles, proposeFiles } from "../../../core/acts/propose.ts";
import { tokenEnvironment } from "../../../core/git/credentials.ts";
import { githubIdOf } from "../../github/account.ts";
import { AppOctokit } from "../../github/connect.ts";
import type { EventContext } from "../../github/event-context.ts";
import { pullHost } from "../../monitoring/pull-host.ts";

export interface PersonalAccess {
  /** The person's token for this App: it opens what both may. */
  token: string;
  /** GitHub's own address, and its API's. */
  server: string;
  api: string;
  fetch: typeof fetch;
}

/**
 * Opens a pull request as the person: Git and GitHub get their token and not the App's, so that nobody proposes what they could
 * not push themselves, and GitHub shows who it is. Twice is once. Rejects as `proposeFiles` does.
 */
export async function proposeAsPerson(
  context: EventContext,
  { token, server, api, fetch }: PersonalAccess,
  proposal: ProposedFiles,
): Promise<Awaited<ReturnType<NonNullable<PortalHost["propose"]>>>> {
  const { objects, workspace } = context.ports;
  const remoteEnvironment = async () => tokenEnvironment(server, token);
  const ports = {
    ...context.ports,
    workspace: { ...workspace, remoteEnvironment },
    objects: { ...objects, repository: { ...objects.repository, remoteEnvironment } },
  };
  const octokit = new AppOctokit({ baseUrl: api, auth: { token }, request: { fetch }, log: context.log });
  const by = { ...proposal.by, id: emailOf(proposal.by, server) };
  const { branch, pull } = await proposeFiles(ports, { ...proposal, by }, pullHost({ ...context, ports, octokit }));
  return { branch, url: pull === undefined ? undefined : `${context.repository.url}/pull/${pull}` };
}

/** By it GitHub knows whose a commit is, whatever the person shows of their address. */
function emailOf(by: ProposedFiles["by"], server: string): string {
  const number = githubIdOf(by);
  return number === undefined ? by.id : `${number}+${by.id}@users.noreply.${new URL(server).hostname}`;
}
