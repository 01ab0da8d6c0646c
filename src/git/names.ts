/** Names of files as git knows them: bytes, mostly UTF-8, on Linux anything but NUL. */

export interface FileName {
  /** With slashes, relative to the top of the tree. Not exact where `pathBase64` is there. */
  readonly path: string;
  /** The exact bytes of a name that is not UTF-8. */
  readonly pathBase64?: string;
}

export function fileName(bytes: Buffer): FileName {
  const path = bytes.toString();
  return Buffer.from(path).equals(bytes) ? { path } : { path, pathBase64: bytes.toString('base64') };
}

export function bytesOf({ path, pathBase64 }: FileName): Buffer {
  return pathBase64 === undefined ? Buffer.from(path) : Buffer.from(pathBase64, 'base64');
}

/** The name alone of what has one. */
export function nameOf({ path, pathBase64 }: FileName): FileName {
  return { path, ...(pathBase64 !== undefined && { pathBase64 }) };
}

/** The fields of a list that git prints with `-z`. */
export function fieldsOf(list: Buffer): Buffer[] {
  const fields: Buffer[] = [];
  for (let from = 0; from < list.length; ) {
    const end = list.indexOf(0, from);
    fields.push(list.subarray(from, end < 0 ? list.length : end));
    from = end < 0 ? list.length : end + 1;
  }
  return fields;
}
