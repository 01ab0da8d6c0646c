/** Text as it stands between the tags of an XML file. */
import { ServiceError } from './service.ts';

/** Throws ServiceError for what XML 1.0 has no way to write (https://www.w3.org/TR/xml/#charsets). */
export function xmlText(value: string): string {
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(value))
    throw new ServiceError(
      `${JSON.stringify(value)} has a control character, which a service file cannot hold. Rename the folder.`,
    );
  return value.replaceAll(/[&<>"\r]/g, (sign) => SIGNS[sign] ?? sign);
}

/** A carriage return is escaped too: a parser would make a line feed of it. */
const SIGNS: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
};
