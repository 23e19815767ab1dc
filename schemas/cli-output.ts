import { z } from "zod";
import { ModelName } from "./names.ts";
import { Problem } from "./problem.ts";

/** What `slipway init --json` answers. */
export const InitResult = z.object({
  folder: z.string().describe("The repository's root, as an absolute path."),
  template: z.string(),
  model: ModelName,
  created: z.array(z.string()).describe("Files written, relative to the folder."),
  kept: z.array(z.string()).describe("Files of the template that were there already, left as they are."),
  commit: z.string().optional().describe("The first commit; absent where the person commits."),
  notes: z.array(z.string()).describe("What a person should know, in sentences."),
  next: z.array(z.string()).describe("The commands to type next."),
});
export type InitResult = z.infer<typeof InitResult>;

/** What `slipway completion --json` answers. */
export const CompletionResult = z.object({
  shell: z.enum(["bash", "zsh", "fish"]),
  script: z.string().describe("To be sourced by the shell."),
});
export type CompletionResult = z.infer<typeof CompletionResult>;

/** Each command's `result` in the envelope. */
export const CLI_RESULTS = {
  init: InitResult,
  completion: CompletionResult,
} satisfies Record<string, z.ZodType>;

const head = {
  slipway: z.literal(1).describe("The version of this format."),
  command: z.string().describe("The command, or `slipway` where none was recognized."),
};

export const CliError = z.object({
  code: z.string().describe("A stable reason code."),
  message: z.string(),
  problems: z.array(Problem),
  stack: z.string().optional().describe("With INTERNAL alone: a bug of Slipway's."),
});
export type CliError = z.infer<typeof CliError>;

/** The one document that `--json` prints; `result` is the schema of the command's own answer. */
export function cliOutput<Result extends z.ZodType>(result: Result) {
  return z.discriminatedUnion("ok", [
    z.strictObject({ ...head, ok: z.literal(true), result }),
    z.strictObject({
      ...head,
      ok: z.literal(false),
      error: CliError,
      result: result.optional().describe("What was decided, where a decision said no."),
    }),
  ]);
}

export const CliOutput = cliOutput(z.unknown());
export type CliOutput = z.infer<typeof CliOutput>;
