import { expect, it, onTestFinished } from "vitest";
import { proposeAsPerson } from "../../../../app/server/portal/propose.ts";
import { git } from "../../../../core/git/run.ts";
import { addToken, findAccount } from "../../../../tools/sandbox/world/accounts.ts";
import { startHostedApp } from "../../../helpers/hosted-app.ts";

const ABOUT = { owner: "acme", repo: "models" };

/** Has the App propose a file, as the person who writes a comment. Resolves to what came of it. */
async function propose(login: string, times = 1) {
  const came: unknown[] = [];
  const hosted = await startHostedApp({
    routes: {
      "issue_comment.created": async (context, { comment }) => {
        const { user } = comment;
        if (user?.login !== login) return;
        const { state, url } = hosted.sandbox;
        const account = findAccount(state, login);
        const app = state.apps.get(hosted.added.id);
        if (account === undefined || app === undefined) throw new Error(`no ${login}`);
        const access = { token: addToken(state, { kind: "user", account, app }), server: url, api: url, fetch };
        const by = { name: login, id: login, account: `github:${account.id}` };
        const asked = { branch: "slipway/policy-1", title: "Ask for more", body: "Because.", by };
        for (let time = 0; time < times; time += 1)
          came.push(
            await proposeAsPerson(context, access, { ...asked, files: { "a.txt": "A\n" } }).catch((error) => error),
          );
      },
    },
  });
  onTestFinished(() => hosted.close());
  const { sandbox, added } = hosted;
  for (const person of ["ada", "rita"]) sandbox.addUser(person);
  const repo = await sandbox.addRepository({
    ...{ owner: "acme", name: "models", private: true, collaborators: { ada: "write", rita: "read" } },
    files: { "a.txt": "a\n" },
  });
  await added.install("acme/models");
  const { data: issue } = await sandbox.octokit("ada").rest.issues.create({ ...ABOUT, title: "Talk" });
  await sandbox.octokit(login).rest.issues.createComment({ ...ABOUT, issue_number: issue.number, body: "Do it" });
  await hosted.settled();
  return { came, repo, sandbox, log: hosted.log };
}

it("opens a pull request that GitHub shows as the person's, once", async () => {
  const { came, repo, sandbox } = await propose("ada", 2);
  const [pull, ...more] = [...repo.pulls.values()];
  expect(more).toEqual([]);
  expect(pull?.issue.user.login).toBe("ada");
  const url = `${sandbox.url}/acme/models/pull/${pull?.number}`;
  expect(came).toEqual([1, 2].map(() => ({ branch: "slipway/policy-1", url })));
  const id = sandbox.state.accounts.get("ada")?.id;
  const said = await git(repo.folder, ["log", "-1", "--format=%an <%ae> %s", "slipway/policy-1"]);
  expect(said.toString().trim()).toBe(`ada <${id}+ada@users.noreply.127.0.0.1> Ask for more`);
});

it("proposes nothing that the person could not push, and tells no token", async () => {
  const { came, repo, log, sandbox } = await propose("rita");
  expect(came).toEqual([expect.objectContaining({ code: "REMOTE_FAILED" })]);
  expect(repo.pulls.size).toBe(0);
  expect((await git(repo.folder, ["branch", "--list"])).toString()).not.toContain("slipway/policy-1");
  const words = JSON.stringify([came, log]) + String(came[0]);
  for (const token of sandbox.state.tokens.keys()) expect(words.includes(token)).toBe(false);
});
