import { mkdir, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { checkDeploy, renderNow } from "../../core/acts/check-deploy.ts";
import { type DeployPorts, deploy } from "../../core/acts/deploy.ts";
import { type ReasonCode, SlipwayError } from "../../core/errors.ts";
import { counted } from "../../core/report/verdict-words.ts";
import type { DeployResult } from "../../schemas/cli-output.ts";
import type { DeployProblem } from "../../schemas/deploy.ts";
import type { CommandOutcome, Session } from "../command.ts";
import { withPorts } from "../ports.ts";

/** So many differences are named; `--json` has all. */
const SHOWN = 20;

/** `slipway deploy`: the branch deploy as the registry and the policy ask for it. */
export async function run(
  session: Session,
  _args: object,
  { check = false, to, remote }: { check?: boolean; to?: string; remote?: string },
): Promise<CommandOutcome> {
  if (check && to !== undefined)
    throw new SlipwayError("USAGE", "--check writes nothing, and --to says where to write", {
      hint: "give one of the two",
    });
  return withPorts(session, remote, async (ports) => {
    if (check) return checked(session, ports);
    if (to !== undefined) return rendered(session, ports, path.resolve(session.folder, to));
    const done = await deploy(ports);
    if (done.outcome === "off") return off();
    const { outcome, commit, problems } = done;
    const result: DeployResult = { outcome, ...(commit === undefined ? {} : { commit }), problems };
    const at =
      commit === undefined
        ? `is not there: ${problems.length === 0 ? "no stage that is described holds a version" : "nothing can be described yet"}`
        : `is at ${commit.slice(0, 10)}`;
    const text = `${markOf(session, problems)} the branch deploy ${at}${outcome === "written" ? ", which was written now" : ""}`;
    return { result, text, ...refusalOf(problems) };
  });
}

async function checked(session: Session, ports: DeployPorts): Promise<CommandOutcome> {
  const found = await checkDeploy(ports);
  if (found === undefined) return off();
  const { commit, differences } = found;
  const problems = [...found.refused.values()];
  const result: DeployResult = {
    ...{ outcome: "checked", problems, differences },
    ...(commit === undefined ? {} : { commit }),
  };
  if (differences.length === 0) {
    const rest = problems.length === 0 ? "" : ", but for what cannot be described";
    return {
      result,
      text: `${markOf(session, problems)} the branch deploy is what the registry asks for${rest}`,
      ...refusalOf(problems),
    };
  }
  const lines = differences.slice(0, SHOWN).map((each) => `  ${each.path} is ${each.is}`);
  const more = differences.length > SHOWN ? [`  and ${differences.length - SHOWN} more, which --json lists`] : [];
  const message = `the branch deploy is not what the registry asks for: ${counted(differences.length, "file")}`;
  return {
    result,
    text: [...lines, ...more].join("\n"),
    refusal: new SlipwayError("DEPLOY_BEHIND", message, { hint: "slipway deploy" }),
  };
}

async function rendered(session: Session, ports: DeployPorts, folder: string): Promise<CommandOutcome> {
  const found = await renderNow(ports);
  if (found === undefined) return off();
  const entries = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  if (entries.length > 0)
    throw new SlipwayError("USAGE", `${folder} holds something else`, {
      expected: "a new or empty folder",
      found: entries.slice(0, 5).join(", "),
    });
  for (const [file, text] of found.files) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), text);
  }
  const files = [...found.files.keys()];
  const problems = [...found.refused.values()];
  const text = `${markOf(session, problems)} ${counted(files.length, "file")} in ${folder}`;
  return { result: { outcome: "rendered", problems, files } satisfies DeployResult, text, ...refusalOf(problems) };
}

function off(): CommandOutcome {
  const result: DeployResult = { outcome: "off", problems: [] };
  const where = "slipway.yaml of the default branch, as it is committed,";
  return { result, text: `${where} describes no stage under \`deploy\`: there is nothing to render` };
}

function markOf({ colors }: Session, problems: readonly DeployProblem[]): string {
  return problems.length === 0 ? colors.green("✓") : "•";
}

function refusalOf(problems: readonly DeployProblem[]): { refusal?: SlipwayError } {
  const [first] = problems;
  if (first === undefined) return {};
  const message = `${counted(problems.length, "folder")} of the branch deploy ${problems.length === 1 ? "stays as it is" : "stay as they are"}`;
  const told = problems.map(({ model, stage, ...problem }) => ({
    ...problem,
    message: `${stage}/${model}: ${problem.message}`,
  }));
  return { refusal: new SlipwayError(first.code as ReasonCode, message, { problems: told }) };
}
