/** Text between the tags of an XML file. */
import { ServiceError } from './service.ts';

/**
 * Escapes a text. Throws ServiceError for a character that XML 1.0 cannot hold (https://www.w3.org/TR/xml/#charsets).
 */
export function xmlText(value: string): string {
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\p{Cs}\ufffe\uffff]/u.test(value))
    throw new ServiceError(
      `${JSON.stringify(value)} has a control character or an invalid one, which a service file cannot hold. Rename the folder.`,
    );
  return value.replaceAll(/[&<>"\r\u0085\u2028\u2029]/g, (sign) => SIGNS[sign] ?? sign);
}

/**
 * Also the characters that a parser turns into a line feed: a carriage return, and in some parsers Unicode's line
 * ends.
 */
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
