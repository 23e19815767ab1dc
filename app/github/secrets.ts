const HIDDEN = "[hidden]";

/** GitHub's tokens and JWTs, and what stands before an @ in an address, by their looks. */
const LOOKS = [
  /\b(?:gh[a-z]|github_pat)_[A-Za-z0-9_.-]{10,}/g,
  /\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}/g,
  /(?<=:\/\/[^\s/@:]{0,100}:)[^\s/@]+(?=@)/g,
  /(?<=\b(?:basic|bearer|token) )[A-Za-z0-9+/_=.-]{16,}/gi,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----.*?-----END [A-Z ]*PRIVATE KEY-----/gs,
];

/** Hides what no log and no error may show: known values, and text that looks like a secret. */
export class Secrets {
  readonly #lasting = new Set<string>();
  readonly #passing = new Set<string>();
  readonly #limit: number;

  /** `limit`: how many passing ones are remembered; the oldest is forgotten first, when it has long run out. */
  constructor(limit = 500) {
    this.#limit = limit;
  }

  /** Hides a value from here on, and each of its lines. */
  add(secret: string): void {
    for (const line of linesOf(secret)) this.#lasting.add(line);
  }

  /** The same, for a token that runs out within the hour. */
  addPassing(secret: string): void {
    for (const line of linesOf(secret)) this.#passing.add(line);
    for (const oldest of this.#passing) {
      if (this.#passing.size <= this.#limit) return;
      this.#passing.delete(oldest);
    }
  }

  hide(text: string): string {
    let hidden = text;
    for (const values of [this.#lasting, this.#passing])
      for (const value of values) hidden = hidden.replaceAll(value, HIDDEN);
    for (const looks of LOOKS) hidden = hidden.replace(looks, HIDDEN);
    return hidden;
  }
}

/** As they are, and as JSON would write them. Short ones and a key's first and last line are no secret. */
function linesOf(secret: string): string[] {
  const lines = secret.split(/\r?\n|\\n/).map((line) => line.trim());
  const told = lines.filter((line) => line.length >= 8 && !line.startsWith("-----"));
  return told.flatMap((line) => [line, JSON.stringify(line).slice(1, -1)]);
}
