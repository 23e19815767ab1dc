import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";

interface TypistOptions {
  /** Where commands run, if they name no other folder. */
  folder: string;
  environment: NodeJS.ProcessEnv;
  colour: boolean;
}

/** Who tells a story on a terminal: what it says, and commands that are shown as typed and run for real. */
export function openTypist({ folder, environment, colour }: TypistOptions) {
  const bold = (text: string) => (colour ? `\u001b[1m${text}\u001b[22m` : text);
  const dim = (text: string) => (colour ? `\u001b[2m${text}\u001b[22m` : text);
  const comment = (command: string): void => void process.stdout.write(`\n${dim("$")} ${command}\n`);
  const shown = { env: environment, stdio: ["ignore", "inherit", "inherit"] as ["ignore", "inherit", "inherit"] };

  return {
    dim,
    comment,
    say: (text: string): void => void process.stdout.write(`\n${bold(text)}\n`),

    /** Shows a command as typed and runs it; an exit code that the story does not expect ends the demo. */
    type(command: string, { cwd = folder, exit = 0 } = {}): void {
      comment(command);
      const { status } = spawnSync("sh", ["-c", `${command} 2>&1`], { cwd, ...shown });
      if (exit !== 0) process.stdout.write(dim(`(exit code ${status})\n`));
      if (status !== exit) {
        process.stderr.write(`The demo expected exit code ${exit} and got ${status}. Its repository is ${folder}\n`);
        process.exit(3);
      }
    },

    /** The same, while other things go on in this process. */
    async typeBeside(command: string): Promise<void> {
      comment(command);
      const child = spawn("sh", ["-c", `${command} 2>&1`], { cwd: folder, ...shown });
      const [status] = await once(child, "close");
      if (status !== 0) throw new Error(`The demo expected exit code 0 and got ${status}. Its repository is ${folder}`);
    },
  };
}

/** A name for commits: a demo must not stop at a machine where Git does not know its user yet. */
export function gitIdentity(): Record<string, string> {
  const known = spawnSync("git", ["var", "GIT_AUTHOR_IDENT"], { stdio: "ignore" }).status === 0;
  const ada = { NAME: "Ada", EMAIL: "ada@example.org" };
  return known
    ? {}
    : {
        GIT_AUTHOR_NAME: ada.NAME,
        GIT_AUTHOR_EMAIL: ada.EMAIL,
        GIT_COMMITTER_NAME: ada.NAME,
        GIT_COMMITTER_EMAIL: ada.EMAIL,
      };
}
