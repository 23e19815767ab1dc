import { type SimpleGit, simpleGit } from "simple-git";
import { gitEnvironment } from "./run.ts";

/** What simple-git would refuse in an environment: here it is the person's own, as it is for the Git that they type. */
const PERSONS_OWN = {
  allowUnsafeAskPass: true,
  allowUnsafeConfigEnvCount: true,
  allowUnsafeConfigPaths: true,
  allowUnsafeEditor: true,
  allowUnsafeGitProxy: true,
  allowUnsafePager: true,
  allowUnsafeSshCommand: true,
  allowUnsafeUrlRewrite: true,
};

/**
 * Git as people use it (init, add, commit, status, fetch), in the same environment as `git` of run.ts. Plumbing goes
 * through run.ts and objects.ts, which are binary-safe and start no process for each read.
 */
export function porcelain(folder: string): SimpleGit {
  const env = gitEnvironment();
  const git = simpleGit({
    baseDir: folder,
    allowEnvironment: Object.keys(env),
    unsafe: PERSONS_OWN,
    completion: { onClose: true, onExit: false },
  });
  return git.env(env);
}
