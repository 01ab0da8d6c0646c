/**
 * Messages of D-Bus (https://dbus.freedesktop.org/doc/dbus-specification.html): as much of them as a service of the tests takes,
 * in little-endian order.
 */

export const METHOD_CALL = 1;
export const METHOD_RETURN = 2;

interface Fields {
  readonly path?: string;
  readonly member?: string;
  readonly destination?: string | undefined;
  readonly replyTo?: number;
  readonly signature?: string;
}

export interface Message {
  readonly size: number;
  readonly type: number;
  readonly serial: number;
  readonly member: string | undefined;
  readonly sender: string | undefined;
  readonly replyTo: number | undefined;
  readonly body: Buffer;
}

/** A call of a method. */
export function call(serial: number, fields: Fields, body: Buffer = Buffer.alloc(0)): Buffer {
  return messageOf(METHOD_CALL, serial, fields, body);
}

/** The codes of the fields of a header that are used here. */
const FIELD = { path: 1, member: 3, replyTo: 5, destination: 6, sender: 7, signature: 8 } as const;

export function messageOf(type: number, serial: number, fields: Fields, body: Buffer): Buffer {
  const { path, member, destination, replyTo, signature } = fields;
  const list = new Writer();
  const field = (code: number, kind: string) => list.align(8).byte(code).signature(kind);
  if (path !== undefined) field(FIELD.path, 'o').string(path);
  if (member !== undefined) field(FIELD.member, 's').string(member);
  if (replyTo !== undefined) field(FIELD.replyTo, 'u').uint32(replyTo);
  if (destination !== undefined) field(FIELD.destination, 's').string(destination);
  if (signature !== undefined) field(FIELD.signature, 'g').signature(signature);
  const header = list.bytes();
  return new Writer()
    .raw(Buffer.from(['l'.charCodeAt(0), type, 0, 1]))
    .uint32(body.length)
    .uint32(serial)
    .uint32(header.length)
    .raw(header)
    .align(8)
    .raw(body)
    .bytes();
}

/** The first message; undefined: it is not all there yet. */
export function readMessage(bytes: Buffer): Message | undefined {
  if (bytes.length < 16) return undefined;
  const bodySize = bytes.readUInt32LE(4);
  const headerSize = bytes.readUInt32LE(12);
  const start = 16 + Math.ceil(headerSize / 8) * 8;
  const size = start + bodySize;
  if (bytes.length < size) return undefined;
  const fields = new Map<number, string | number>();
  const reader = new Reader(bytes.subarray(0, 16 + headerSize), 16);
  while (reader.hasMore()) {
    reader.align(8);
    const code = reader.byte();
    fields.set(
      code,
      reader.signature() === 'u'
        ? reader.uint32()
        : code === FIELD.signature
          ? reader.signature()
          : reader.string(),
    );
  }
  const text = (code: number) => fields.get(code)?.toString();
  const replyTo = fields.get(FIELD.replyTo);
  return {
    size,
    type: bytes.readUInt8(1),
    serial: bytes.readUInt32LE(8),
    member: text(FIELD.member),
    sender: text(FIELD.sender),
    replyTo: typeof replyTo === 'number' ? replyTo : undefined,
    body: bytes.subarray(start, size),
  };
}

/** Puts values behind each other, each at its place. */
export class Writer {
  readonly #parts: Buffer[] = [];
  #size = 0;

  raw(bytes: Buffer): this {
    this.#parts.push(bytes);
    this.#size += bytes.length;
    return this;
  }

  align(to: number): this {
    return this.raw(Buffer.alloc((to - (this.#size % to)) % to));
  }

  byte(value: number): this {
    return this.raw(Buffer.from([value]));
  }

  uint32(value: number): this {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    return this.align(4).raw(bytes);
  }

  string(value: string): this {
    return this.uint32(Buffer.byteLength(value)).raw(Buffer.from(`${value}\0`));
  }

  signature(value: string): this {
    return this.byte(value.length).raw(Buffer.from(`${value}\0`));
  }

  bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

/** Reads values in their order. */
export class Reader {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, at = 0) {
    this.#bytes = bytes;
    this.#at = at;
  }

  hasMore(): boolean {
    return this.#at < this.#bytes.length;
  }

  align(to: number): void {
    this.#at = Math.ceil(this.#at / to) * to;
  }

  byte(): number {
    return this.#bytes.readUInt8(this.#at++);
  }

  uint32(): number {
    this.align(4);
    this.#at += 4;
    return this.#bytes.readUInt32LE(this.#at - 4);
  }

  string(): string {
    return this.#text(this.uint32());
  }

  signature(): string {
    return this.#text(this.byte());
  }

  #text(size: number): string {
    const text = this.#bytes.toString('utf8', this.#at, this.#at + size);
    this.#at += size + 1;
    return text;
  }
}
