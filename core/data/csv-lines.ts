import type { HeadProblem } from "./head.ts";

const [LF, CR, QUOTE, COMMA, START] = [10, 13, 34, 44, 0];
type End = "LF" | "CRLF" | "CR";

/**
 * Follows the lines of a CSV file chunk by chunk, and names the first that ends in another way than those before, or in a
 * comma too much. Readers disagree on both: to pandas, rows that end in a comma begin with an index, and their columns shift.
 */
export class CsvLines {
  #line = 1;
  #end: End | undefined;
  /** Commas of the header, and of the record so far. */
  #header: number | undefined;
  #commas = 0;
  #quoted = false;
  #pendingCr = false;
  /** The record's last byte, line ends left out. */
  #last = START;

  /** The first problem in what has come so far. */
  take(bytes: Buffer): HeadProblem | undefined {
    let quote = bytes.indexOf(QUOTE);
    let cr = bytes.indexOf(CR);
    for (let at = 0; at < bytes.length; ) {
      const lf = bytes.indexOf(LF, at);
      const end = lf < 0 ? bytes.length : lf + 1;
      if (quote >= 0 && quote < at) quote = bytes.indexOf(QUOTE, at);
      if (cr >= 0 && cr < at) cr = bytes.indexOf(CR, at);
      const isWhole = lf >= 0 && !this.#quoted && !this.#pendingCr && this.#last === START;
      const isPlain = isWhole && (quote < 0 || quote > lf) && (cr < 0 || cr >= lf - 1);
      const problem = isPlain ? this.#plainLine(bytes, at, lf) : this.#eachByte(bytes, at, end);
      if (problem) return problem;
      at = end;
    }
    return undefined;
  }

  /** A whole line without quotes: nearly all lines are, and are read without a look at each byte. */
  #plainLine(bytes: Buffer, start: number, lf: number): HeadProblem | undefined {
    const isCrlf = lf > start && bytes[lf - 1] === CR;
    const end = isCrlf ? lf - 1 : lf;
    if (end > start) {
      this.#last = bytes[end - 1] as number;
      if (this.#header === undefined || this.#last === COMMA)
        for (let at = start; at < end; at++) if (bytes[at] === COMMA) this.#commas += 1;
    }
    return this.#endLine(isCrlf ? "CRLF" : "LF");
  }

  #eachByte(bytes: Buffer, start: number, end: number): HeadProblem | undefined {
    for (let at = start; at < end; at++) {
      const byte = bytes[at] as number;
      let ended: End | undefined;
      if (this.#pendingCr) {
        this.#pendingCr = false;
        const problem = this.#endLine(byte === LF ? "CRLF" : "CR");
        if (problem) return problem;
        if (byte === LF) continue;
      }
      if (this.#quoted) {
        if (byte === QUOTE) this.#quoted = false;
        else if (byte === LF) this.#line += 1;
      } else if (byte === LF) ended = "LF";
      else if (byte === CR) this.#pendingCr = true;
      else {
        if (byte === COMMA) this.#commas += 1;
        // A quote opens at a field's start; right after one that closed, the two are one quote of the text.
        else if (byte === QUOTE && (this.#last === START || this.#last === COMMA || this.#last === QUOTE))
          this.#quoted = true;
        this.#last = byte;
      }
      const problem = ended && this.#endLine(ended);
      if (problem) return problem;
    }
    return undefined;
  }

  /** The last line may lack its end. */
  finish(): HeadProblem | undefined {
    return this.#pendingCr ? this.#endLine("CR") : this.#commaTooMuch();
  }

  #endLine(end: End): HeadProblem | undefined {
    const problem = this.#end !== undefined && end !== this.#end ? this.#mixed(end, this.#end) : this.#commaTooMuch();
    this.#end ??= end;
    this.#line += 1;
    if (this.#last !== START) this.#header ??= this.#commas;
    this.#last = START;
    this.#commas = 0;
    return problem;
  }

  #mixed(end: End, before: End): HeadProblem {
    return {
      message: "The file mixes line ends.",
      expected: `${before} at the end of each line, as before`,
      found: end,
      hint: "Write the file anew with one kind of line end.",
      line: this.#line,
    };
  }

  #commaTooMuch(): HeadProblem | undefined {
    if (this.#last !== COMMA) return undefined;
    if (this.#header !== undefined && this.#commas !== this.#header + 1) return undefined;
    const isHeader = this.#header === undefined;
    return {
      message: isHeader ? "The header ends in a comma." : "The line ends in a comma too much.",
      expected: isHeader ? "a name after each comma" : `${(this.#header as number) + 1} fields, as in the header`,
      found: isHeader ? "a last column without a name" : `${this.#commas + 1} fields, the last one empty`,
      hint: "Remove the comma at the end of each line.",
      line: this.#line,
    };
  }
}
