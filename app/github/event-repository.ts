import { z } from "zod";
import type { HostedRepository } from "./event-context.ts";

const Name = z.string().regex(/^[A-Za-z0-9_.-]{1,100}$/);

/** A repository as GitHub writes it in every webhook and in every list of repositories. */
export const GitHubRepository = z.object({
  id: z.int().positive(),
  name: Name,
  owner: z.object({ login: Name }),
  default_branch: z
    .string()
    .max(255)
    // Git's own rules say more; this keeps it one word of a refspec.
    .regex(/^[^\s\p{Cc}~^:?*[\\]+$/u)
    .refine((name) => !name.startsWith("-") && !name.includes("..")),
});

const Subject = z.object({
  repository: GitHubRepository,
  // A workflow's event has none.
  installation: z.object({ id: z.int().positive() }).optional(),
  comment: z.object({ created_at: z.string() }).optional().catch(undefined),
});

/** What an event is about. */
export interface Subject {
  repository: HostedRepository;
  /** Undefined where no App was told of it. */
  installation: number | undefined;
  /** When it happened, where it says so. */
  at: Date | undefined;
}

/** Undefined where the event is about no repository. */
export function readSubject(payload: unknown, server: string): Subject | undefined {
  const { data } = Subject.safeParse(payload);
  if (data === undefined) return undefined;
  const at = data.comment && new Date(data.comment.created_at);
  return { repository: hostedRepository(data.repository, server), installation: data.installation?.id, at };
}

/** `server` is GitHub's own address, without a slash at the end. */
export function hostedRepository(repository: z.infer<typeof GitHubRepository>, server: string): HostedRepository {
  const { id, name, owner, default_branch: defaultBranch } = repository;
  const fullName = `${owner.login}/${name}`;
  return { owner: owner.login, name, fullName, id, defaultBranch, url: `${server}/${fullName}` };
}
