/** Text as it stands between the tags of an XML file. */
import { ServiceError } from './service.ts';

/** Throws ServiceError for what XML 1.0 has no way to write (https://www.w3.org/TR/xml/#charsets). */
export function xmlText(value: string): string {
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\p{Cs}\ufffe\uffff]/u.test(value))
    throw new ServiceError(
      `${JSON.stringify(value)} has a control character or an invalid one, which a service file cannot hold. Rename the folder.`,
    );
  return value.replaceAll(/[&<>"\r\u0085\u2028\u2029]/g, (sign) => SIGNS[sign] ?? sign);
}

/** Also what a parser makes a line feed of: a carriage return, and in some parsers what Unicode calls the end of a line. */
const SIGNS: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
  '\u0085': '&#133;',
  '\u2028': '&#8232;',
  '\u2029': '&#8233;',
};
