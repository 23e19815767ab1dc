import { z } from "zod";

const Name = z.string().regex(/^[A-Za-z0-9_.-]{1,100}$/);

/** The repository that an event is about, as GitHub names it. */
export interface EventRepository {
  owner: string;
  name: string;
  /** `owner/name`. */
  fullName: string;
  /** GitHub's number for it: stays through a renaming. */
  id: number;
  defaultBranch: string;
  /** Its page: `https://github.com/owner/name`. */
  url: string;
}

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

const EventPayload = z.object({
  repository: GitHubRepository,
  // A workflow's event has none.
  installation: z.object({ id: z.int().positive() }).optional(),
  comment: z.object({ created_at: z.string() }).optional().catch(undefined),
});

/** The repository and the installation that an event came from. */
export interface EventOrigin {
  repository: EventRepository;
  /** Undefined if no App was told of it. */
  installation: number | undefined;
  /** When it happened, if it says so. */
  at: Date | undefined;
}

/** Reads where an event came from; undefined if it is about no repository. */
export function readEventOrigin(payload: unknown, server: string): EventOrigin | undefined {
  const { data } = EventPayload.safeParse(payload);
  if (data === undefined) return undefined;
  const at = data.comment && new Date(data.comment.created_at);
  return { repository: eventRepository(data.repository, server), installation: data.installation?.id, at };
}

/** `server` is GitHub's own address, without a slash at the end. */
export function eventRepository(repository: z.infer<typeof GitHubRepository>, server: string): EventRepository {
  const { id, name, owner, default_branch: defaultBranch } = repository;
  const fullName = `${owner.login}/${name}`;
  return { owner: owner.login, name, fullName, id, defaultBranch, url: `${server}/${fullName}` };
}
