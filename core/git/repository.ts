import { realpath } from "node:fs/promises";
import { resolve } from "node:path";
import { SlipwayError } from "../errors.ts";
import { git } from "./run.ts";

/** Where a repository keeps what all its work trees share. */
export interface Repository {
  /** The folder it was opened by. */
  folder: string;
  bare: boolean;
  /** The work tree's top, absolute; undefined in a bare repository and inside `.git`. */
  top: string | undefined;
  /** Absolute: `.git`, or the bare repository itself. */
  commonFolder: string;
  /** Absolute. */
  objectFolder: string;
  /**
   * More environment for each Git process that contacts a remote: a token as `http.<url>.extraHeader`, through
   * GIT_CONFIG_COUNT, so that it is on no command line and on no disk. Asked each time: tokens run out.
   */
  remoteEnvironment?: RemoteEnvironment;
}

export type RemoteEnvironment = () => Promise<Record<string, string>>;

/** What a host hands in when it opens a repository. */
export interface RepositoryOptions {
  remoteEnvironment?: RemoteEnvironment | undefined;
}

const QUESTIONS = ["--show-object-format", "--is-bare-repository", "--git-common-dir", "--git-path", "objects"];

/**
 * Asks Git once. Rejects with NOT_A_REPOSITORY where there is none, REPOSITORY_UNSAFE where Git does not trust it,
 * UNSUPPORTED where its ids are SHA-256.
 */
export async function findRepository(
  folder: string,
  { remoteEnvironment }: RepositoryOptions = {},
): Promise<Repository> {
  const output = await git(folder, ["rev-parse", "--path-format=absolute", ...QUESTIONS, "--show-cdup"]).catch(
    (error: unknown) => {
      if (!(error instanceof SlipwayError)) throw error;
      refuseUnsafe(error, folder);
      throw new SlipwayError("NOT_A_REPOSITORY", `${resolve(folder)} is not in a Git repository`, {
        expected: "a Git repository",
        found: error.message,
        hint: "go to your models repository, name it with -C, or make one: slipway init <folder>",
        cause: error,
      });
    },
  );
  const [format, bare, commonFolder = "", objectFolder = "", up] = output.toString().replace(/\n$/, "").split("\n");
  if (format !== "sha1") {
    throw new SlipwayError("UNSUPPORTED", `${resolve(folder)} is a repository with ${format} object ids`, {
      expected: "SHA-1 object ids, which GitHub uses",
    });
  }
  const top = up === undefined ? undefined : resolve(await realpath(folder), up);
  const found = { folder, bare: bare === "true", top, commonFolder, objectFolder };
  return remoteEnvironment === undefined ? found : { ...found, remoteEnvironment };
}

/** Git runs nothing in a repository that somebody else owns, or in a bare one where that is forbidden, until it is told to. */
function refuseUnsafe(error: SlipwayError, folder: string): void {
  const [, command] = /^\s*(git config --global --add safe\.directory .+)$/m.exec(error.message) ?? [];
  if (command !== undefined)
    throw new SlipwayError(
      "REPOSITORY_UNSAFE",
      `${resolve(folder)} belongs to another user, and Git does not trust it`,
      {
        expected: "a repository of your own, or one that you tell Git to trust",
        found: error.message,
        hint: `if you trust who can write there: ${command}`,
        cause: error,
      },
    );
  if (/safe\.bareRepository/.test(error.message))
    throw new SlipwayError("REPOSITORY_UNSAFE", `${resolve(folder)} is bare, and Git is told not to trust such ones`, {
      expected: "a work tree, or safe.bareRepository at all",
      found: error.message,
      hint: "if you trust it: git config --global safe.bareRepository all",
      cause: error,
    });
}
