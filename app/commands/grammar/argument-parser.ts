import { SlipwayError } from "../../../core/errors.ts";
import { didYouMean, nearest } from "../../../core/spec/near.ts";
import { Duration, ModelName } from "../../../schemas/names.ts";

/**
 * The names that a command's words may mean: read from the registry, and from the policy on the default branch's
 * tip.
 */
export interface Known {
  models: ReadonlySet<string>;
  stages: ReadonlySet<string>;
}

/** The model, version or stage that a command names, as far as its words name one. */
export interface TargetReference {
  model?: string;
  version?: number;
  stage?: string;
}

const REFERENCE = /^([^@#]+)(?:@v?([1-9]\d{0,8})|#(\S+))?$/i;
const VERSION = /^v?([1-9]\d{0,8})$/i;
const MAX_REASON = 2_000;

/** Reads the words behind a command's name from left to right. It refuses by throwing a SlipwayError. */
export class ArgumentParser {
  #rest: string;
  readonly #known: Known;
  /** How the command is written: told with each refusal. */
  readonly #form: string;

  constructor(text: string, known: Known, form: string) {
    this.#rest = text.trim();
    this.#known = known;
    this.#form = form;
  }

  /** The word at this place, without the comma or full stop that people put behind it. */
  peek(place = 0): string | undefined {
    const word = this.#rest.split(/\s+/, place + 1)[place];
    return word === undefined || word === "" ? undefined : plain(word);
  }

  take(): string | undefined {
    const [word = ""] = this.#rest.split(/\s/, 1);
    this.#rest = this.#rest.slice(word.length).trimStart();
    return word === "" ? undefined : plain(word);
  }

  isModel(word: string | undefined): boolean {
    return word !== undefined && this.#known.models.has(word);
  }

  isStage(word: string | undefined): boolean {
    return word !== undefined && this.#known.stages.has(word.toLowerCase());
  }

  /** One of the words that a command has of its own. */
  oneOf<const Word extends string>(known: readonly Word[]): Word {
    const word = this.take()?.toLowerCase();
    const found = known.find((each) => each === word);
    if (found !== undefined) return found;
    const { hint: near } = didYouMean(word ?? "", known);
    const hint = near === undefined ? `Write one of ${known.join(", ")}.` : `D${near.slice(1)}`;
    throw this.refuse(word === undefined ? "a word is missing" : `${quoted(word)} is none of its words`, hint);
  }

  /** `penguins` or `penguins@3` before a stage; nothing if the stage comes first. */
  versionBeforeStage(): TargetReference {
    const [first, second] = [this.peek(0), this.peek(1)?.toLowerCase() === "to" ? this.peek(2) : this.peek(1)];
    if (first === undefined) return {};
    if (first.toLowerCase() === "to") {
      const [stage, next] = [this.peek(1), this.peek(2)];
      if (this.isStage(stage) && this.isStage(next)) throw this.#bothStages(stage, next);
      return {};
    }
    if (this.isStage(first)) {
      if (!this.isStage(second)) return {};
      if (!this.isModel(first)) throw this.#bothStages(first, second);
    } else if (!this.isModel(first) && !/[@#]/.test(first) && !this.isStage(second) && !this.#isNearStage(second)) {
      throw this.#unknownStage(first);
    }
    const reference = this.reference();
    if (reference.stage !== undefined) {
      throw this.refuse(`${quoted(first)} names what is in a stage`, "Name the version: `penguins@3`.");
    }
    return reference;
  }

  /** As `versionBeforeStage`, for what is about a model as a whole. */
  modelBeforeStage(): { model?: string } {
    const { model, version } = this.versionBeforeStage();
    if (version !== undefined)
      throw this.refuse("the version stands in the wrong place", `Write \`to ${version}\` behind the stage.`);
    return model === undefined ? {} : { model };
  }

  /** Whether neither a model nor a stage is named: nothing follows, or `to` and a version. */
  namesNoStage(): boolean {
    const [first, second] = [this.peek(0)?.toLowerCase(), this.peek(1)?.toLowerCase()];
    if (first === undefined) return true;
    return first === "to" && second !== undefined && (second === "version" || VERSION.test(second));
  }

  /** A model, if the word before the time names one. */
  modelBeforeDuration(): { model?: string } {
    const [first] = [this.peek()];
    if (first === undefined || Duration.safeParse(first.toLowerCase()).success) return {};
    return this.#only(this.reference());
  }

  /** How long: `7d`. */
  duration(): Duration {
    const word = this.take()?.toLowerCase();
    const { data } = Duration.safeParse(word);
    if (data !== undefined) return data;
    throw this.refuse(
      word === undefined ? "the time is missing" : `${quoted(word)} is no time`,
      "Write `7d` or `12h`.",
    );
  }

  /** A stage that the policy names; `to` before it is allowed. */
  stage(): string {
    if (this.peek()?.toLowerCase() === "to") this.take();
    const word = this.take();
    if (word === undefined) throw this.refuse("the stage is missing", `The stages are ${this.#stages()}.`);
    if (!this.isStage(word)) throw this.#unknownStage(word);
    return word.toLowerCase();
  }

  /** `penguins`, `penguins@3` or `penguins#production`. */
  reference(): TargetReference {
    const word = this.take() ?? "";
    const [, model = "", version, stage] = REFERENCE.exec(word) ?? [];
    if (!ModelName.safeParse(model).success) {
      throw this.refuse(`${quoted(word)} names no model`, "Write `penguins`, `penguins@3` or `penguins#production`.");
    }
    if (stage !== undefined && !this.isStage(stage)) throw this.#unknownStage(stage);
    return {
      model,
      ...(version === undefined ? {} : { version: Number(version) }),
      ...(stage === undefined ? {} : { stage: stage.toLowerCase() }),
    };
  }

  /** A reference, if there is a word at all. */
  optionalReference(): TargetReference {
    const word = this.peek();
    if (word === undefined) return {};
    if (this.isStage(word) && !this.isModel(word)) {
      throw this.refuse(`${quoted(word)} is a stage`, `Name the model: \`penguins#${word.toLowerCase()}\`.`);
    }
    return this.reference();
  }

  /** A reference before a reason: the first word, if it is a known model or has a reference's form. */
  referenceBeforeReason(): TargetReference {
    const word = this.peek();
    if (word === undefined) return {};
    const [, model = "", version, stage] = REFERENCE.exec(word) ?? [];
    if (this.isModel(model) || (ModelName.safeParse(model).success && (version ?? stage) !== undefined))
      return this.reference();
    // A name with a typo would become the reason's first word, and another model's be acted on.
    const near = word.length < 5 ? undefined : nearest(word, this.#known.models);
    if (near !== undefined && Math.abs(near.length - word.length) < 2) {
      throw this.refuse(
        `there is no model ${quoted(word)}`,
        `Did you mean ${near}? Otherwise start the reason with another word.`,
      );
    }
    return {};
  }

  model(): { model?: string } {
    return this.#only(this.optionalReference());
  }

  modelBeforeReason(): { model?: string } {
    return this.#only(this.referenceBeforeReason());
  }

  /** `to 2`, if a `to` follows; what follows it then is a version. */
  target(): { to?: number } {
    if (this.peek()?.toLowerCase() !== "to") return {};
    this.take();
    if (this.peek()?.toLowerCase() === "version") this.take();
    const word = this.take();
    const version = VERSION.exec(word ?? "")?.[1];
    if (version === undefined) {
      throw this.refuse(
        `${word === undefined ? "the version" : quoted(word)} behind \`to\` is no version`,
        "Write `to 2`; start a reason with another word.",
      );
    }
    return { to: Number(version) };
  }

  /** A version of the model, or what is in a stage. */
  side(): TargetReference {
    const word = this.peek();
    const version = VERSION.exec(word ?? "")?.[1];
    if (version !== undefined || (word !== undefined && this.isStage(word) && !this.isModel(word))) {
      this.take();
      return version === undefined ? { stage: (word ?? "").toLowerCase() } : { version: Number(version) };
    }
    const reference = word === undefined ? {} : this.reference();
    if (reference.version !== undefined || reference.stage !== undefined) return reference;
    throw this.refuse("two versions are compared", "Write each as `penguins@3`, `3`, or a stage's name.");
  }

  /** The rest of the line. */
  reason(): { reason?: string } {
    const reason = this.#rest;
    this.#rest = "";
    if (reason.length > MAX_REASON) throw this.refuse("the reason is too long", `Say it in ${MAX_REASON} characters.`);
    return reason === "" ? {} : { reason };
  }

  /** A reason that could be taken for the version to act on is none. */
  reasonNoVersion(instead: (version: string) => string): { reason?: string } {
    const version = /^(?:[A-Za-z0-9_-]+@)?v?(\d{1,9})$/i.exec(this.peek() ?? "")?.[1];
    if (version !== undefined)
      throw this.refuse("a version stands in the reason's place", `Did you mean \`${instead(version)}\`?`);
    return this.reason();
  }

  mustReason(): { reason: string } {
    const { reason } = this.reason();
    if (reason === undefined) throw this.refuse("the reason is missing", "Say why: it is kept in the registry.");
    return { reason };
  }

  /** Refuses what is left. */
  end(): void {
    const rest = this.#rest;
    if (rest !== "")
      throw this.refuse(`${quoted(rest)} is one word too many`, "Write other text on a line of its own.");
  }

  refuse(message: string, hint: string): SlipwayError {
    return new SlipwayError("USAGE", `${message.charAt(0).toUpperCase()}${message.slice(1)}.`, {
      expected: this.#form,
      hint,
    });
  }

  #only({ model, version, stage }: TargetReference): { model?: string } {
    if (version !== undefined || stage !== undefined) {
      throw this.refuse("this is about a model, not one of its versions", `Write \`${model}\`.`);
    }
    return model === undefined ? {} : { model };
  }

  #isNearStage(word: string | undefined): boolean {
    return word !== undefined && nearest(word, this.#known.stages) !== undefined;
  }

  #bothStages(first: string | undefined, second: string | undefined): SlipwayError {
    const both = `${quoted(first)} and ${quoted(second)} are both stages`;
    return this.refuse(both, "Name one stage; a reason may not start with another.");
  }

  #unknownStage(word: string): SlipwayError {
    const { hint } = didYouMean(word, this.#known.stages);
    return new SlipwayError("STAGE_UNKNOWN", `There is no stage ${quoted(word)}.`, {
      expected: this.#form,
      hint: hint === undefined ? `The stages are ${this.#stages()}.` : `D${hint.slice(1)}`,
    });
  }

  #stages(): string {
    return [...this.#known.stages].join(", ");
  }
}

function plain(word: string): string {
  return word.replace(/[.,:;!]+$/, "");
}

/** What somebody wrote, as code: a backtick in it would end the code. */
function quoted(word = ""): string {
  return `\`${word.slice(0, 60).replaceAll("`", "'")}\``;
}
