/** SSH's own framing of numbers and strings (RFC 4251, section 5). Throws RangeError where the bytes end early. */
export class WireReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  bytes(length: number): Buffer {
    if (length > this.#bytes.length - this.#at) throw new RangeError("SSH data ends early");
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  uint32(): number {
    return this.bytes(4).readUInt32BE();
  }

  string(): Buffer {
    return this.bytes(this.uint32());
  }

  /** What a well-formed value leaves nothing of. */
  rest(): Buffer {
    return this.#bytes.subarray(this.#at);
  }
}

export function wireString(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content as string);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** The digits of a number (mpint), without its sign. Throws RangeError for a negative one. */
export function positive(mpint: Buffer): Buffer {
  if (((mpint[0] ?? 0) & 0x80) !== 0) throw new RangeError("a negative number");
  return mpint[0] === 0 ? mpint.subarray(1) : mpint;
}

/** At that length, with zeros in front. Throws RangeError for what is longer. */
export function padded(digits: Buffer, size: number): Buffer {
  if (digits.length > size) throw new RangeError("longer than that");
  return Buffer.concat([Buffer.alloc(size - digits.length), digits]);
}
