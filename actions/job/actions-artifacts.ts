import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { ArtifactClient } from "@actions/artifact";
import { SlipwayError } from "../../core/errors.ts";
import { listFolder } from "../../core/stores/listing.ts";
import type { ArtifactPort, OtherRun } from "./ports.ts";

const RUNTIME = ["ACTIONS_RUNTIME_TOKEN", "ACTIONS_RESULTS_URL"];
const MAX_ZIP_BYTES = 32 * 1024 ** 3;

/**
 * GitHub's artifacts, by GitHub's own client. Only this module holds the run's token: the environment has it while
 * the client works, and never while user code runs.
 */
export function actionsArtifacts(env: Record<string, string | undefined>): ArtifactPort {
  const runtime = RUNTIME.map((name) => [name, env[name]] as const);
  let working = 0;
  const withRuntime = async <T>(act: (client: ArtifactClient) => Promise<T>): Promise<T> => {
    for (const [name, value] of runtime) if (value !== undefined) process.env[name] = value;
    working += 1;
    try {
      // Loading it takes longer than most of what Actions do.
      const { DefaultArtifactClient } = await import("@actions/artifact");
      return await act(new DefaultArtifactClient());
    } finally {
      working -= 1;
      if (working === 0) for (const [name] of runtime) delete process.env[name];
    }
  };

  return {
    upload: (name, folder, days) =>
      withRuntime(async (client) => {
        const files = (await listFolder(folder)).map(({ path }) => join(folder, path));
        const upload = () =>
          client.uploadArtifact(name, files, folder, days === undefined ? {} : { retentionDays: days });
        const { id, digest } = await upload().catch(async (error: unknown) => {
          if (!/409|already exists/i.test(String(error))) throw failed(`upload ${name}`, error);
          // An earlier attempt of this job left it, or user code with the run's token: either way this is the one.
          await client.deleteArtifact(name);
          return upload();
        });
        if (id === undefined || digest === undefined) throw failed(`upload ${name}`, "no id or digest came back");
        return { id, digest: digest.replace(/^sha256:/, "") };
      }),

    download: (name, folder, from) =>
      withRuntime(async (client) => {
        const findBy = from === undefined ? {} : { findBy: findByOf(from) };
        const { artifact } = await client.getArtifact(name, findBy).catch((error: unknown) => {
          if ((error as Error).name !== "ArtifactNotFoundError") throw failed(`find ${name}`, error);
          throw new SlipwayError(
            "ARTIFACT_MISSING",
            `${from ? `Run ${from.run}` : "The run"} has no artifact ${name}`,
            {
              hint: "Run all jobs of the workflow again: artifacts are kept for some days.",
            },
          );
        });
        if (artifact.size > MAX_ZIP_BYTES) {
          throw new SlipwayError("OUTPUT_TOO_LARGE", `The artifact ${name} is too large`, {
            expected: `at most ${MAX_ZIP_BYTES} bytes`,
            found: `${artifact.size} bytes`,
          });
        }
        const packed = `${folder}.zip`;
        await mkdir(packed, { recursive: true });
        try {
          await client
            .downloadArtifact(artifact.id, { path: packed, skipDecompress: true, ...findBy })
            .catch((error: unknown) => Promise.reject(failed(`download ${name}`, error)));
          const [file = ""] = await readdir(packed);
          const { unzip } = await import("./unzip.ts");
          await unzip(join(packed, file), folder);
        } finally {
          await rm(packed, { recursive: true, force: true });
        }
      }),
  };
}

function findByOf({ run, repository, token }: OtherRun) {
  const [repositoryOwner = "", repositoryName = ""] = repository.split("/");
  return { token, workflowRunId: Number(run), repositoryOwner, repositoryName };
}

function failed(what: string, cause: unknown): SlipwayError {
  return new SlipwayError("SYSTEM_FAILED", `GitHub's artifacts failed: ${what}`, {
    found: (cause instanceof Error ? cause.message : String(cause)).slice(0, 500),
    hint: "Run the failed jobs again.",
    cause,
  });
}
